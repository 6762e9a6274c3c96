"""What the command lines share: the release calendar, environments, runs, comparison, pages."""
