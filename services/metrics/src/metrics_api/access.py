"""Who may read and who may write, as routes ask for it."""

from typing import Annotated

from fastapi import Depends

from servicekit.auth import Caller
from servicekit.errors import MalformedJson, PayloadTooLarge
from servicekit.http import require

ReadingCaller = Annotated[Caller, Depends(require("metrics:read"))]


WritingCaller = Annotated[Caller, Depends(require("metrics:write"))]

BODY = (MalformedJson, PayloadTooLarge)
"""What any route that takes a body can refuse."""
