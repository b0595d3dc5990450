"""The words of a company: what teams, services, machines and places are called."""

DOMAINS = (
    "billing", "catalog", "checkout", "customer", "dispatch", "delivery", "discount", "fleet",
    "fraud", "fulfilment", "geo", "identity", "inventory", "invoice", "invest", "journey", "kiosk",
    "ledgering", "loyalty", "mailing", "market", "media", "menu", "mobile", "notification", "offer",
    "order", "partner", "payment", "payroll", "planning", "price", "product", "profile", "quote",
    "rating", "recipe", "refund", "returns", "review", "reward", "risk", "route", "sales", "search",
    "seller", "session", "shipping", "shop", "signup", "stock", "subscription", "supplier",
    "support", "survey", "tax", "ticket", "track", "translation", "voucher", "warehouse",
)
TEAMS = (
    "acorn", "amber", "anchor", "atlas", "aurora", "badger", "bamboo", "basil", "beacon",
    "birch", "bison", "bramble", "breeze", "cactus", "canyon", "cedar", "cinder", "clover",
    "cobalt", "comet", "coral", "cricket", "cypress", "delta", "dolphin", "dune", "ebony",
    "elm", "ember", "falcon", "fern", "fjord", "flint", "forest", "fox", "garnet", "glacier",
    "granite", "grove", "harbour", "hazel", "heron", "hickory", "indigo", "iris", "ivory",
    "jade", "jasper", "juniper", "kelp", "kestrel", "lagoon", "larch", "laurel", "lichen",
    "lotus", "lynx", "maple", "marble", "meadow", "mint", "moss", "nectar", "nimbus", "oak",
    "oasis", "ochre", "olive", "onyx", "orchid", "osprey", "otter", "pebble", "pine", "plum",
    "poplar", "quartz", "quill", "raven", "reef", "river", "robin", "rowan", "saffron", "sage",
    "sequoia", "slate", "sparrow", "spruce", "summit", "thistle", "topaz", "tundra", "umber",
    "violet", "willow", "yarrow",
)
GIVEN_NAMES = (
    "achilles", "ada", "agatha", "ajax", "alfred", "apollo", "aragorn", "ariel", "artemis",
    "asterix", "athena", "bart", "beatrix", "bilbo", "boromir", "brunhilde", "caesar", "calypso",
    "castor", "chewbacca", "circe", "cleopatra", "columbo", "cronos", "daphne",
    "dexter", "dionysus", "dumbo", "elektra", "elrond", "erebus", "euclid", "europa", "fafnir",
    "fenrir", "freya", "frodo", "galadriel", "galileo", "gandalf", "gimli", "godzilla", "hamlet",
    "hannibal", "hector", "heimdall", "helios", "hera", "hercules", "hermes", "homer", "hyperion",
    "icarus", "idefix", "isis", "janus", "juno", "kepler", "kirk", "lancelot", "legolas", "leia",
    "maggie", "marvin", "medusa", "merlin", "minerva", "mordor", "morpheus", "mozart",
    "nautilus", "nemesis", "neptune", "nestor", "oberon", "obelix", "odin", "odysseus", "orpheus",
    "osiris", "othello", "pandora", "pegasus", "penelope", "persephone", "pluto", "pollux",
    "poseidon", "puck", "ramses", "rincewind", "romeo", "sauron", "saruman", "saturn",
    "scully", "siegfried", "sisyphus", "smaug", "spock", "tantalus", "thor", "titania", "tolkien",
    "trillian", "ulysses", "uranus", "vader", "vulcan", "wotan", "xerxes", "yoda", "zaphod",
    "zarathustra", "zelda", "zeus",
)
ENVIRONMENTS = ("prod", "prod", "prod", "prod", "prod", "prod", "staging", "staging", "dev", "dev",
                "test", "")
"""As often as each is found; the empty one stands for machines that nobody tagged."""

REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "ap-southeast-2")
DATACENTERS = ("ams1", "fra2", "lon1", "nyc3")
REGISTRY = "registry.acme.example"
MORE_PACKAGES = (
    ("perl", "lib{}-perl"), ("python", "python3-{}"), ("node", "node-{}"), ("ruby", "ruby-{}"),
    ("fonts", "fonts-{}"), ("lib", "lib{}1"), ("tools", "{}-utils"), ("plugin", "{}-plugin-core"),
)
"""Names of packages beyond those of the list, by the words above: in the shapes of Debian."""
