"""The parts of the pages that scripts/document.py writes, one file to a part."""
