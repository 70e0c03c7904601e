"""Why an indicator differs between two days or two areas."""
