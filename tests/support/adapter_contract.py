"""The contract of all adapters, as the package ships it; with pytest's words for what fails in it."""

import pytest

pytest.register_assert_rewrite("gitml.agents.contract")

from gitml.agents.contract import Contract, DocumentContract, LinesContract, Place, in_pieces, whole  # noqa: E402

__all__ = ["Contract", "DocumentContract", "LinesContract", "Place", "in_pieces", "whole"]
