"""Plotly figures in the colours and words of the views, for notebooks and slides.

Plotly is imported when a chart is drawn, not before.
"""

from fleetkit.charts.counts import image_age, services
from fleetkit.charts.exposures import survival
from fleetkit.charts.levels import LAG, patch_levels
from fleetkit.charts.look import COLOURS, template
from fleetkit.charts.quadrants import pet_cattle
from fleetkit.charts.reliability import calibration
from fleetkit.charts.waterfalls import waterfall

__all__ = [
    "COLOURS", "LAG", "calibration", "image_age", "patch_levels", "pet_cattle", "services",
    "survival", "template", "waterfall",
]
