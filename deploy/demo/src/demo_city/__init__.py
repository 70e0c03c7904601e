"""A whole city of invented social organizations on real streets, the same at every run."""

from demo_city.city import organizations
from demo_city.country import country, country_directory
from demo_city.territory.directory import directory

__all__ = ["country", "country_directory", "directory", "organizations"]
