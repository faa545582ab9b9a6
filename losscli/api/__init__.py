"""The Python API: the same figures as the command line, of files, data frames and arrays.

One function a file; what the arguments of all have in common is read in one place.
"""

from __future__ import annotations

from losscli.api._evaluate import evaluate
from losscli.api._fit import fit
from losscli.api._gradient import gradient
from losscli.api._losses import load_loss, losses
from losscli.api._recommend import recommend

__all__ = ["evaluate", "fit", "gradient", "load_loss", "losses", "recommend"]
