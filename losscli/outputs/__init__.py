"""Reports to text: `views/` has what each says, `formats/` a file a format, `samples/` every sample."""
