"""What consumers' own files show that they use: one module or folder a kind of evidence. Pure, run in the children."""
