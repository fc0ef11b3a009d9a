"""What holds besides where a transcript is one JSON document that its agent writes anew as the session goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from gitml.agents.contract.laws import Contract, Place, are_of_the_contract, opened, whole
from gitml.agents.contract.lines import CUTS, FOR_ALL

if TYPE_CHECKING:
    from gitml.agents.base import Adapter


class DocumentContract(Contract):
    """Here a step may be the whole document, or a message of it."""

    def test_a_half_written_document_waits(self, adapter: Adapter, root: Path, place: Place, sample: bytes) -> None:
        """A document that is cut anywhere makes nothing, and raises nothing; once it is whole, all of it is there."""
        session = opened(adapter, root, place, sample)
        expected = whole(adapter, session)
        for cut in range(0, len(sample.rstrip()), max(1, len(sample) // CUTS)):
            place(root, sample[:cut])
            assert whole(adapter, session) == []
        place(root, sample)
        assert whole(adapter, session) == expected

    @FOR_ALL
    @given(data=st.data())
    def test_overwritten_bytes_are_survived(
        self, adapter: Adapter, root: Path, place: Place, sample: bytes, data: st.DataObject
    ) -> None:
        """Whatever bytes stand in the file, reading ends, and what it makes is of the contract."""
        session = opened(adapter, root, place, sample)
        broken = bytearray(sample)
        at = data.draw(st.integers(0, len(broken) - 1))
        broken[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=30))
        place(root, bytes(broken))
        are_of_the_contract(whole(adapter, session), session)
