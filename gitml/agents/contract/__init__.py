"""What every adapter must keep, whatever its agent's files look like, as test classes for pytest and hypothesis.

Nothing of gitml imports this. A test class of an adapter inherits ``LinesContract`` where its agent writes JSONL,
``DocumentContract`` where it writes one JSON document, and gives the fixtures that ``laws.Contract`` names.
"""

from gitml.agents.contract.documents import DocumentContract
from gitml.agents.contract.laws import Contract, Place, in_pieces, whole
from gitml.agents.contract.lines import LinesContract

__all__ = ["Contract", "DocumentContract", "LinesContract", "Place", "in_pieces", "whole"]
