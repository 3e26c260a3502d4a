"""What the tests of the checks share."""
import pathlib
import subprocess
import sys
import tempfile


def check(script, files):
    """Runs the script on a tree of these files (path: text) and gives back its exit status and what it printed."""
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = pathlib.Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')
        result = subprocess.run([sys.executable, str(script), root], capture_output=True, text=True, check=False)
        return result.returncode, result.stdout
