"""What if: the same week under another plan or other events, compared run by run."""
