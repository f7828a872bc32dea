"""What a shell's completion makes of a line: completion.py bash|zsh|fish DIRECTORY LINE

An interactive shell in DIRECTORY, with nothing of the user's, reads DIRECTORY/completion.SHELL; LINE is typed, then TAB. What then stands
in the line is printed, without the blanks at its end.
"""
import os
import subprocess
import sys

import pexpect

shell, directory, line = sys.argv[1:]
if shell == "fish":  # it has a command for this
    script = f"source {directory}/completion.fish; cd {directory}; complete -C (string unescape -- $argv[1])"
    words = subprocess.run(["fish", "-N", "-c", script, line], capture_output=True, text=True, check=True).stdout.splitlines()
    word = words[0].split("\t")[0].replace(" ", "\\ ")
    print(line[: len(line) - len(line.split(" ")[-1])] + word)
    sys.exit()
# What stands in the line goes to a file by a key of its own.
setup = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}[shell]
init = {
    "bash": f"PS1='> '; bind 'set bell-style none'; source {directory}/completion.bash; "
            f"seen () {{ printf %s \"$READLINE_LINE\" > {directory}/seen; }}; bind -x '\"\\C-x\\C-s\": seen'",
    "zsh": f"PS1='> '; autoload -U compinit; compinit -u -D; source {directory}/completion.zsh; "
           f"seen () {{ print -rn -- \"$BUFFER\" > {directory}/seen; }}; zle -N seen; bindkey '^X^S' seen",
}[shell]
seen = f"{directory}/seen"
if os.path.exists(seen):
    os.remove(seen)
environment = {**os.environ, "TERM": "dumb", "HOME": directory, "INPUTRC": "/dev/null", "LC_ALL": "C.UTF-8"}
child = pexpect.spawn(setup[0], setup[1:], cwd=directory, env=environment, encoding="utf-8", timeout=20, dimensions=(40, 200))
child.sendline(f"stty -ixon; {init}; echo rea''dy")
child.expect("ready")
child.expect("> ")
child.send(line + "\t\x18\x13")
while not os.path.exists(seen) or not os.path.getsize(seen):
    try:
        child.expect(r".+", timeout=0.1)
    except pexpect.TIMEOUT:
        if not child.isalive():
            break
print(open(seen, encoding="utf-8").read().rstrip())
child.close(force=True)
