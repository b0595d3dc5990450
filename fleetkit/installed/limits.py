"""How much of a hostile file is looked at."""

MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_TEXT_BYTES = 64 * 1024 * 1024  # a database of text; some 70,000 packages
MAX_OS_RELEASE_BYTES = 64 * 1024
MAX_RECORD_BYTES = 64 * 1024 * 1024  # one rpm header; the largest real ones are a few MiB
MAX_CHANGELOG_BYTES = 32 * 1024 * 1024  # inflated; those of kernels have some 3 MiB
MAX_CHANGELOGS_BYTES = 256 * 1024 * 1024  # inflated, of one image or machine
MAX_MENTIONS = 50_000  # flaws that one changelog names; kernels name some 10,000
MAX_PACKAGES = 250_000  # per database; a full Debian archive has some 70,000 binaries
MAX_FAULTS = 100  # kept per database; the rest is counted
MAX_TEXT = 1024  # characters of a name or version
