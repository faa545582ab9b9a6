"""What can be asked of the samples: a request makes a report."""
