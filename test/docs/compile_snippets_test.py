#!/usr/bin/env python3
"""Shows that compile_snippets.py compiles what a page shows, and sees what does not compile."""
import subprocess
import sys
import unittest

from compile_snippets import Page, check

COMMAND = sys.argv.pop(1).split()

GOOD = """# A page
<!-- cpp: given
struct Hidden { int value; };
-->

<!-- cpp: scope -->
```cpp
int twice(Hidden hidden) { return 2 * hidden.value; }
```

```
no code at all
```

<!-- cpp: body of int four() -->

```cpp
return twice(Hidden{2});
```

<!-- cpp: file -->
```cpp
int main() { return 0; }
```
<!-- cpp: fails -->
```cpp
int main() { return Hidden{1}.value; }
```
"""


class CompileSnippets(unittest.TestCase):
    def wrong(self, text):
        return check(COMMAND, Page('page.md', text))

    def test_a_page_makes_one_file_of_its_scopes_and_bodies_and_one_of_each_file(self):
        page = Page('page.md', GOOD)
        self.assertEqual(len(page.files), 3)
        self.assertEqual(check(COMMAND, page), 0)

    def test_what_does_not_compile_is_seen_with_its_line(self):
        code = GOOD.replace('Hidden{2}', 'Hidden{2}.other')
        self.assertEqual(self.wrong(code), 1)
        result = subprocess.run(COMMAND + ['-fsyntax-only', '-x', 'c++', '-'], input=Page('page.md', code).files[-1][1],
                                capture_output=True, text=True, check=False)
        line = code.splitlines().index('return twice(Hidden{2}.other);') + 1
        self.assertIn(f'page.md:{line}', result.stderr)

    def test_a_warning_is_an_error(self):
        self.assertEqual(self.wrong(GOOD.replace('return twice(Hidden{2});', '')), 1)

    def test_what_should_fail_and_compiles_is_seen(self):
        self.assertEqual(self.wrong(GOOD.replace('return Hidden{1}.value;', 'return 1;')), 1)

    def test_code_without_a_mark_is_refused(self):
        with self.assertRaises(SystemExit):
            Page('page.md', '```cpp\nint x;\n```\n')
        with self.assertRaises(SystemExit):
            Page('page.md', '<!-- cpp: scope -->\nwords between\n```cpp\nint x;\n```\n')


if __name__ == '__main__':
    unittest.main()
