"""Pictures as dots: what draws them (`write`), and letters of our own, for systems without any."""
