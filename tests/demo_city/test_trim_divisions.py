"""Trimming the published lists, on a small one in their form."""

from pathlib import Path

import pytest

from demo_city.trim_divisions import as_csv, city_communities, national_divisions

LISTS = {
    "provinces.csv": 'code,name\n44,"广东省"\n',
    "cities.csv": 'code,name,provinceCode\n4403,"深圳市",44\n4419,"东莞市",44\n',
    "areas.csv": 'code,name,cityCode\n441900,"东莞市",4419\n440303,"罗湖区",4403\n',
    "streets.csv": 'code,name,areaCode\n440303001,"桂园街道",440303\n',
    "villages.csv": 'code,name\n440303001001,"大塘龙社区居民委员会"\n110101001001,"多福巷社区"\n',
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name, text in LISTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_codes_are_filled_up_and_sorted(source: Path) -> None:
    assert as_csv(national_divisions(source)).decode().splitlines() == [
        "code,name",
        "100000,全国",
        "440000,广东省",
        "440300,深圳市",
        "440303,罗湖区",
        "440303001,桂园街道",
        "441900,东莞市",
    ]


def test_lists_that_disagree_are_refused(source: Path) -> None:
    (source / "shenzhen_streets.csv").write_text("code,name\n440303001,别的街道\n", "utf-8")
    with pytest.raises(ValueError, match="440303001"):
        national_divisions(source)


def test_only_communities_of_the_demo_city_are_kept(source: Path) -> None:
    assert city_communities(source) == {"440303001001": "大塘龙社区居民委员会"}
