#!/usr/bin/env python3
"""Shows that check_layers.py sees each kind of breach, and lets pass what is right."""
import pathlib
import unittest

import scratch_tree

SCRIPT = pathlib.Path(__file__).with_name('check_layers.py')


class CheckLayers(unittest.TestCase):
    def check(self, files):
        return scratch_tree.check(SCRIPT, files)

    def assert_breach(self, name, text, message, others=None):
        status, output = self.check({name: text, **(others or {})})
        self.assertEqual(status, 1, output)
        self.assertIn(message, output)
        self.assertIn(name + ':', output)

    def assert_fine(self, files):
        status, output = self.check(files)
        self.assertEqual(status, 0, output)

    def test_an_arrow_up_is_a_breach(self):
        self.assert_breach('include/ichor/model/A.h', '#include <ichor/events/Event.h>\n', 'is above model')

    def test_an_arrow_up_from_a_source_through_quotes_is_a_breach(self):
        self.assert_breach('src/ichor/base/A.cpp', '#include "../events/Private.h"\n', 'is above base',
                           {'src/ichor/events/Private.h': ''})

    def test_an_arrow_down_and_an_own_folder_are_fine(self):
        self.assert_fine({
            'include/ichor/events/A.h': '#include <ichor/Config.h>\n#include <ichor/base/B.h>\n#include <vector>\n',
            'src/ichor/events/A.cpp': '#include "Private.h"\n#include "ichor/events/Private.h"\n#include <fmt/core.h>\n',
            'src/ichor/events/Private.h': ''})

    def test_the_two_wings_do_not_know_each_other(self):
        self.assert_breach('include/ichor/coroutines/A.h', '#include <ichor/logging/ILogger.h>\n', 'two wings')

    def test_nothing_inside_goes_through_a_door(self):
        self.assert_breach('src/ichor/services/http/A.cpp', '#include <ichor/DependencyManager.h>\n', 'a door')

    def test_a_door_may_include_every_floor(self):
        self.assert_fine({'include/ichor/Ichor.h': '#include <ichor/dependency_management/A.h>\n#include <ichor/base/B.h>\n'})

    def test_a_module_may_not_include_a_stranger(self):
        self.assert_breach('src/ichor/services/timer/A.cpp', '#include <ichor/services/http/B.h>\n', 'may not include module http')

    def test_a_core_header_may_not_include_boost(self):
        self.assert_breach('include/ichor/event_queues/A.h', '#include <boost/asio.hpp>\n', 'heavy')

    def test_a_core_source_may_not_include_boost_unless_it_is_the_asio_queue(self):
        self.assert_breach('src/ichor/event_queues/A.cpp', '#include <boost/asio.hpp>\n', 'heavy')
        self.assert_fine({'src/ichor/event_queues/BoostAsioQueue.cpp': '#include <boost/asio.hpp>\n'})

    def test_a_module_has_boost_in_its_sources_and_not_in_its_headers(self):
        self.assert_fine({'src/ichor/services/http/A.cpp': '#include <boost/beast.hpp>\n'})
        self.assert_breach('include/ichor/services/http/A.h', '#include <boost/beast.hpp>\n', 'heavy')

    def test_a_long_file_says_why(self):
        self.assert_breach('src/ichor/base/A.cpp', '\n' * 401, 'has 401 lines')
        self.assert_fine({'src/ichor/base/A.cpp': '// Length: one table.\n' + '\n' * 401})

    def test_a_folder_without_a_floor_is_a_breach(self):
        self.assert_breach('include/ichor/misc/A.h', '', 'stands on no floor')

    def test_a_private_header_that_is_not_there_is_a_breach(self):
        self.assert_breach('src/ichor/base/A.cpp', '#include "Gone.h"\n', 'is found neither')

    def test_nothing_to_check_is_no_success(self):
        status, _ = self.check({})
        self.assertEqual(status, 2)


if __name__ == '__main__':
    unittest.main()
