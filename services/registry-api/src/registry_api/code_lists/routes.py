"""Routes of the code lists."""

from typing import Annotated

from fastapi import APIRouter, Path

from registry_api.code_lists.schemas import CodeListOut, CodeLists, LabelledCode
from registry_api.core.code_lists import CodeList, code_lists
from registry_api.core.refusals import UnknownCodeList
from registry_api.dependencies import Reader
from servicekit.errors import responses
from servicekit.http import USUAL

router = APIRouter(tags=["code lists"])


@router.get(
    "/v1/code-lists",
    operation_id="list_code_lists",
    summary="All code lists 全部代码表",
    response_model=CodeLists,
    responses=responses(USUAL),
)
async def list_code_lists(caller: Reader) -> CodeLists:
    """Every coded value of the register with its labels."""
    return CodeLists(items=[_code_list_out(code_list) for code_list in code_lists().values()])


@router.get(
    "/v1/code-lists/{name}",
    operation_id="read_code_list",
    summary="One code list 单个代码表",
    response_model=CodeListOut,
    responses=responses(USUAL, UnknownCodeList),
)
async def read_code_list(
    caller: Reader, name: Annotated[str, Path(description="The list's name 表名")]
) -> CodeListOut:
    """The codes of one list."""
    code_list = code_lists().get(name)
    if code_list is None:
        raise UnknownCodeList(known=", ".join(code_lists()))
    return _code_list_out(code_list)


def _code_list_out(code_list: CodeList) -> CodeListOut:
    values = [LabelledCode(code=c, zh=t.zh, en=t.en) for c, t in code_list.values.items()]
    return CodeListOut(
        name=code_list.name, title_zh=code_list.title.zh, title_en=code_list.title.en, values=values
    )
