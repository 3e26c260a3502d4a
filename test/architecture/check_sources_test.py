#!/usr/bin/env python3
"""Shows that check_sources.py sees a source that no list names, and lets pass one that some list does."""
import pathlib
import unittest

import scratch_tree

SCRIPT = pathlib.Path(__file__).with_name('check_sources.py')


class CheckSources(unittest.TestCase):
    def check(self, files):
        return scratch_tree.check(SCRIPT, files)

    def test_a_test_that_no_list_names_is_seen(self):
        status, output = self.check({'test/CMakeLists.txt': 'ichor_add_test(a SOURCES a/OneTest.cpp)', 'test/a/OneTest.cpp': '',
                                     'test/a/OtherTest.cpp': ''})
        self.assertEqual(status, 1, output)
        self.assertIn('test/a/OtherTest.cpp', output)
        self.assertNotIn('OneTest.cpp', output)

    def test_the_end_of_a_name_is_not_enough(self):
        status, output = self.check({'test/CMakeLists.txt': 'ichor_add_test(a SOURCES a/OtherInboxTest.cpp)', 'test/a/InboxTest.cpp': ''})
        self.assertEqual(status, 1, output)

    def test_a_list_may_name_it_from_its_own_folder_from_above_or_from_the_folder_of_a_module(self):
        status, output = self.check({
            'src/a/CMakeLists.txt': 'add_library(a One.cpp)', 'src/a/One.cpp': '',
            'src/CMakeLists.txt': 'ichor_add_module(m SOURCES\n    m/Two.cpp\n    Three.cpp)', 'src/m/Two.cpp': '', 'src/m/Three.cpp': ''})
        self.assertEqual(status, 0, output)

    def test_no_sources_at_all_are_an_error(self):
        status, output = self.check({'README.md': ''})
        self.assertEqual(status, 2, output)


if __name__ == '__main__':
    unittest.main()
