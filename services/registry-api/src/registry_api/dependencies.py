"""What routes of several rooms depend on: who calls, and about which organization."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from servicekit.auth import Caller
from servicekit.errors import MalformedJson, PayloadTooLarge
from servicekit.http import require

Reader = Annotated[Caller, Depends(require("registry:read"))]
Writer = Annotated[Caller, Depends(require("registry:write"))]

OrganizationId = Annotated[UUID, Path(description="The organization's id 社会组织编号")]

BODY = (MalformedJson, PayloadTooLarge)
"""What any route with a JSON body can refuse beside the usual."""
