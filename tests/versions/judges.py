"""The ecosystems' own comparators."""

import subprocess

_OPERATORS = {-1: "lt", 0: "eq", 1: "gt"}
_LUA = """%{lua:
while true do
  local line = io.read("l")
  if not line then break end
  local left, right = line:match("^(.*)\\t(.*)$")
  local known, sign = pcall(rpm.vercmp, left, right)
  io.write(known and sign or "refused", "\\n")
  io.flush()
end
}"""


def dpkg_agrees(left, sign, right):
    """Whether dpkg finds the same order; None if it refuses one of the two."""
    # dpkg drops the space, without which a leading minus would be an option and "" no version
    command = ["dpkg", "--compare-versions", f" {left}", _OPERATORS[sign], f" {right}"]
    outcome = subprocess.run(command, capture_output=True, check=False).returncode
    return {0: True, 1: False}.get(outcome)


class Rpm:
    """One rpm process that compares as many pairs as it is asked."""

    def __enter__(self):
        command = ["rpm", "--eval", _LUA]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(command, text=True, encoding="utf-8", **pipes)
        return self

    def __exit__(self, *failure):
        self._process.communicate(timeout=10)

    def sign(self, left, right):
        """-1, 0 or 1; None if rpm refuses one of the two."""
        self._process.stdin.write(f"{left}\t{right}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        return None if answer == "refused" else int(answer)
