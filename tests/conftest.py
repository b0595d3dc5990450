"""Settings of all tests: properties have no deadline, for the machine may be busy."""

from hypothesis import settings

settings.register_profile("fleetkit", deadline=None)
settings.load_profile("fleetkit")
