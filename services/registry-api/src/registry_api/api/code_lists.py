"""Routes of the code lists."""

from typing import Annotated

from fastapi import APIRouter, Path

from registry_api.api.dependencies import USUAL, Reader
from registry_api.api.errors import UNKNOWN_CODE_LIST
from registry_api.api.schemas import CodeListOut, CodeLists, LabelledCode
from registry_api.domain.code_lists import CodeList, code_lists
from servicekit.errors import Problem, responses

router = APIRouter(tags=["code lists"])


@router.get(
    "/v1/code-lists",
    operation_id="list_code_lists",
    summary="All code lists 全部代码表",
    response_model=CodeLists,
    responses=responses(*USUAL),
)
async def list_code_lists(caller: Reader) -> CodeLists:
    """Every coded value of the register with its labels."""
    return CodeLists(items=[_shown(found) for found in code_lists().values()])


@router.get(
    "/v1/code-lists/{name}",
    operation_id="read_code_list",
    summary="One code list 单个代码表",
    response_model=CodeListOut,
    responses=responses(*USUAL, UNKNOWN_CODE_LIST),
)
async def read_code_list(
    caller: Reader, name: Annotated[str, Path(description="The list's name 表名")]
) -> CodeListOut:
    """The codes of one list."""
    found = code_lists().get(name)
    if found is None:
        raise Problem(UNKNOWN_CODE_LIST, facts={"known": ", ".join(code_lists())})
    return _shown(found)


def _shown(found: CodeList) -> CodeListOut:
    values = [LabelledCode(code=c, zh=t.zh, en=t.en) for c, t in found.values.items()]
    return CodeListOut(
        name=found.name, title_zh=found.title.zh, title_en=found.title.en, values=values
    )
