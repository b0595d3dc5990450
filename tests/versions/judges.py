"""The ecosystems' own comparators."""

import subprocess
import tempfile
from functools import partial
from itertools import chain
from pathlib import Path

_OPERATORS = {-1: "lt", 0: "eq", 1: "gt"}
_RPM = """%{lua:
while true do
  local line = io.read("l")
  if not line then break end
  local left, right = line:match("^(.*)\\t(.*)$")
  local known, sign = pcall(rpm.vercmp, left, right)
  io.write(known and sign or "refused", "\\n")
  io.flush()
end
}"""
_RUBY = """
$stdout.sync = true
STDIN.each_line(chomp: true) do |line|
  left, right = line.split("\\t", -1)
  begin
    puts Gem::Version.new(left) <=> Gem::Version.new(right)
  rescue ArgumentError
    puts "refused"
  end
end
"""
_PHP = """
require "/usr/share/php/Composer/Semver/autoload.php";
use Composer\\Semver\\Comparator;
$parser = new Composer\\Semver\\VersionParser();
while (($line = fgets(STDIN)) !== false) {
  try {
    [$left, $right] = array_map([$parser, "normalize"], explode("\\t", rtrim($line, "\\n")));
    $lower = Comparator::lessThan($left, $right);
    $higher = Comparator::greaterThan($left, $right);
    $equal = Comparator::equalTo($left, $right);
    echo $lower || $higher || $equal ? $higher - $lower : "refused", "\\n";
  } catch (UnexpectedValueException $error) {
    echo "refused\\n";
  }
}
"""
_COMPARABLE = "org.apache.maven.artifact.versioning.ComparableVersion"
_MAVEN_SIGNS = {"<": -1, "==": 0, ">": 1}


def dpkg_agrees(left, sign, right):
    """Whether dpkg finds the same order; None if it refuses one of the two."""
    # dpkg drops the space, without which a leading minus would be an option and "" no version
    command = ["dpkg", "--compare-versions", f" {left}", _OPERATORS[sign], f" {right}"]
    outcome = subprocess.run(command, capture_output=True, check=False).returncode
    return {0: True, 1: False}.get(outcome)


def maven_signs(jar, pairs):
    """What one Java process says of each pair; it refuses none. Versions are ASCII, unblanked."""
    versions = list(chain.from_iterable(pairs))
    quoted = ('"' + version.replace("\\", "\\\\").replace('"', '\\"') + '"' for version in versions)
    with tempfile.TemporaryDirectory() as folder:
        arguments = Path(folder) / "arguments"
        arguments.write_text("\n".join([_COMPARABLE, *quoted]), encoding="utf-8")
        command = ["java", "-XX:TieredStopAtLevel=1", "-cp", jar, f"@{arguments}"]
        shown = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    neighbours = [line[3:] for line in shown.splitlines() if line.startswith("   ")]
    assert len(neighbours) == len(versions) - 1
    return [_maven_sign(*pair, line) for pair, line in zip(pairs, neighbours[::2], strict=True)]


def _maven_sign(left, right, line):
    answers = {f"{left} {word} {right}": sign for word, sign in _MAVEN_SIGNS.items()}
    return answers[line]


class Judge:
    """One process that compares as many pairs as it is asked. No version may hold a tab."""

    def __init__(self, *command):
        self._command = command

    def __enter__(self):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(self._command, text=True, encoding="utf-8", **pipes)
        return self

    def __exit__(self, *failure):
        self._process.communicate(timeout=10)

    def sign(self, left, right):
        """-1, 0 or 1; None if the ecosystem refuses one of the two, or has no order for them."""
        return self.signs([(left, right)])[0]

    def signs(self, pairs):
        """The sign of each pair. At most a few thousand pairs: the answers wait in a pipe."""
        self._process.stdin.write("".join(f"{left}\t{right}\n" for left, right in pairs))
        self._process.stdin.flush()
        answers = [self._process.stdout.readline().strip() for _ in pairs]
        return [None if answer == "refused" else int(answer) for answer in answers]


Rpm = partial(Judge, "rpm", "--eval", _RPM)
RubyGems = partial(Judge, "ruby", "-e", _RUBY)
Composer = partial(Judge, "php", "-r", _PHP)
