"""Worker VERSION: waits for work that never comes."""

import time

while True:
    time.sleep(3600)
