"""Who may read and who may write, as routes ask for it."""

from typing import Annotated

from fastapi import Depends

from servicekit.auth import Caller
from servicekit.errors import FORBIDDEN, INVALID_REQUEST, UNAUTHORIZED, UNKNOWN_PARAMETER
from servicekit.http import require

ReadingCaller = Annotated[Caller, Depends(require("metrics:read"))]


WritingCaller = Annotated[Caller, Depends(require("metrics:write"))]


READ_PROBLEMS = (UNAUTHORIZED, FORBIDDEN, UNKNOWN_PARAMETER, INVALID_REQUEST)
