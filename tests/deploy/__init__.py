"""What operators get: recipe of the images, chart, compose file, alerts, dashboards, guide."""
