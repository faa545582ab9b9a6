"""The conventions of other libraries: run where the libraries are, recorded for where they are not."""
