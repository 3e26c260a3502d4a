#!/usr/bin/env python3
"""Shows that compile_snippets.py compiles what a page shows, and sees what does not compile."""
import subprocess
import sys
import unittest

from compile_snippets import Page, awaits_in_conditions, check, line_of

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

    def test_an_await_in_a_condition_of_a_function_that_declares_nothing_is_refused(self):
        # What was miscompiled, and what was not, by g++ 12.2.
        for body in ('if (co_await b()) co_return 1; co_return 2;',
                     'if (!co_await b()) { co_return 1; } else { co_return 2; }',
                     'foo(); if (yes && co_await n() == 3) co_return 1; co_return 2;',
                     'while (co_await b()) co_await other(); co_return 2;',
                     'for (; co_await b();) {} co_return 2;',
                     'do {} while (co_await b()); co_return 2;',
                     'switch (co_await n()) { case 1: co_return 1; default: co_return 2; }',
                     'while (yes) { { if (co_await b()) co_return 1; } } co_return 2;',
                     'try { if (co_await b()) co_return 1; } catch (...) {} co_return 2; // int x = 1;'):
            for function in (f'Task<int> f() {{ {body}\n}}', f'struct S {{ Task<int> f(std::string c) const override {{ {body}\n}} }};',
                             f'namespace n {{ class T final : public U {{ public: static Task<int> f() {{ {body}\n}} int x = 1; }}; }}'):
                self.assertEqual(len(list(awaits_in_conditions(function))), 1, function)
        for body in ('bool const x = co_await b(); if (x) co_return 1; co_return 2;',
                     'if (bool x = co_await b()) co_return x; co_return 2;',
                     'while (auto number = co_await numbers.next()) foo(*number); co_return 2;',
                     'if (co_await b()) co_return 1; int x = 2; co_return x;',
                     'if (co_await b()) { std::vector<int> x; co_return 3; } co_return 2;',
                     'auto [p, q] = pr(); if (co_await b()) co_return p; co_return q;',
                     'for (int i = 0; i < 2; ++i) { if (co_await b()) co_return 1; } co_return 2;',
                     'for (auto const &i : all) { if (co_await b()) co_return i; } co_return 2;',
                     'Upload upload; while (co_await upload.sendPart()) co_await sleepFor(10ms);',
                     'try { if (co_await b()) co_return 1; } catch (int x) { foo(); } co_return 2;',
                     'if (yes) co_await b(); co_return 2;',
                     'co_return co_await b() ? 1 : 2;',
                     'spawn([this]() -> Task<void> { if (co_await b()) foo(); }); co_return 2;'):
            self.assertEqual(list(awaits_in_conditions(f'struct S {{ Task<int> f() {{ {body} }} }};')), [], body)

    def test_it_is_told_with_its_line(self):
        code = '#line 7 "page.md"\nint a;\n#line 20 "page.md"\nTask<int> f() {\n    if (co_await b()) co_return 1;\n}\n'
        self.assertEqual([line_of(code, at) for at in awaits_in_conditions(code)], ['page.md:21'])


if __name__ == '__main__':
    unittest.main()
