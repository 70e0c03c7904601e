"""Several changes of areas and bodies, planned together and applied from one day on."""
