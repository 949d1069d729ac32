"""The forms in which people have recorded walks: one module opens the file, one each reads a form."""
