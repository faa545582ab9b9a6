"""What a type checker is to refuse: a line for each mistake."""

import losscli

losscli.evaluate([1.0], [1.0], loss="mse", reduction="max")
losscli.evaluate([1.0], [1.0], loss="mse", waight="w")
losscli.evaluate([1.0], [1.0], "mse").cots
losscli.gradient([1.0], [1.0], "mse", of="both")
number: str = losscli.evaluate([1.0], [1.0], "mse")["mse"].cost
