import unittest

from main import greeting


class GreetingTest(unittest.TestCase):
    def test_names_whom_it_is_from(self) -> None:
        self.assertIn("Ada", greeting("Ada"))
