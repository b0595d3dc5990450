"""How much of a hostile archive, layer or answer is looked at."""

MAX_DOCUMENT_BYTES = 8 << 20  # a manifest or configuration; registries refuse manifests over 4 MiB
MAX_DOCUMENTS = 20_000  # in one archive
MAX_LAYER_BYTES = 64 << 30  # inflated
MAX_ARCHIVE_BYTES = 1 << 40  # inflated
MAX_RATIO = 200  # of inflated to packed, of what is larger than the next
SUSPICIOUS_BYTES = 512 << 20
MAX_MEMBERS = 2_000_000  # of one tar; the largest real layers have some 300,000
MAX_HEADER_BYTES = 1 << 20  # a long name or a set of extended attributes
MAX_PATH = 4096
MAX_DEPTH = 100
MAX_FILE_BYTES = 256 << 20  # one package database
MAX_FOUND_BYTES = 512 << 20  # of all package databases in one layer
MAX_CHANGES = 20_000  # of one layer at paths that matter
MAX_CHANGELOGS = 10_000  # files and folders of documents of one layer
MAX_LAYERS = 1_000  # of one image; engines stop at 127
MAX_HOPS = 40  # symbolic links on the way to a file, as the kernel counts them
MAX_ROUNDS = 3  # readings of a layer; each follows links that the one before has found
MAX_PASSES = 6  # readings of one archive
MAX_PLATFORMS = 200  # of one index
MAX_PAGES = 10_000  # of one list; a page has up to 1,000 entries
