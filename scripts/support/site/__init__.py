"""The site that scripts/site.py makes, one file to a topic."""
