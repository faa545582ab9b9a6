"""Blocks to states: losses and gradients of rows, statistics that merge, engines that run them."""
