"""The base of all that goes in and out: pydantic's own model.

The one of the web framework looks at each field by a getter of its own and checks every row twice: a page of
fifty rows cost 2 ms more by it.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Schema(BaseModel):
    """What an endpoint takes or answers."""

    model_config = ConfigDict(from_attributes=True)
