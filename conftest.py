"""The hooks of the suite's pytest plugin; what they do stands in ``fixtures/plugin``.

pytest itself never imports TensorFlow: an observer process does (``fixtures.observing``).
"""
import collections
import json
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from fixtures import observing
from fixtures.amounts import count, seconds
from fixtures.plugin import checks, junit, order, selection
from fixtures.plugin.items import case_of, cases_of, note_subject, suite_of
from fixtures.plugin.results import Results
from fixtures.plugin.run import Run
from fixtures.plugin.table import write_table

JUDGED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)


def pytest_addoption(parser):
    """Options of the suite."""
    group = parser.getgroup("batch normalization")
    group.addoption("--record", metavar="FILE", help="write all observations with their provenance")
    group.addoption(
        "--case-timeout", metavar="SECONDS", type=seconds, default=120.0,
        help="after this long a case counts as hung (default: %(default)s)",
    )
    group.addoption(
        "--observers", metavar="NUMBER", type=count, default=observing.processors(),
        help="processes that observe side by side, forked from one import of TensorFlow (default: the processors)",
    )
    group.addoption("--events", metavar="FILE", help="append what happens, as it happens, one JSON object to a line")
    group.addoption(
        "--only", metavar="FILE", help="run only the cases and claims that this file lists, in its order. Write "
        "--only=FILE: before it reads this conftest.py pytest takes FILE, as a word of its own, for a path of tests",
    )


def pytest_configure(config):
    """Register the markers and the plugin."""
    config.addinivalue_line("markers", "claim(*ids): the claims of the registry that a test decides")
    config.addinivalue_line("markers", "quick: the tests that notice most for what they cost (fixtures/order.json)")
    config.addinivalue_line(
        "markers", "cases(cases, surfaces): parametrize over these cases, as far as they exist, of so many surfaces"
    )
    config.pluginmanager.register(Suite(config), "batchnorm-suite")


@pytest.fixture
def check(request):
    """Assert with the observation of a case; see ``Check``."""
    return checks.Check(request.config.pluginmanager.get_plugin("batchnorm-suite").run)


class Suite:
    """The hooks of one run."""

    def __init__(self, config):
        self.config = config
        self.worker = hasattr(config, "workerinput")
        self.distributes = bool(getattr(config.option, "numprocesses", None)) and not self.worker
        # A worker of xdist is one of several already.
        side_by_side = 1 if self.worker else max(1, config.option.observers)
        self.run = Run(config.option.case_timeout, side_by_side, self.event)
        self.results = Results(self.run)

    def event(self, event, **words):
        """Tell whoever reads ``--events`` what happened."""
        if self.config.option.events and not self.worker:
            with open(self.config.option.events, "a") as out:
                out.write(json.dumps(dict(words, event=event), sort_keys=True) + "\n")

    def pytest_report_header(self):
        if self.run.env is None:
            return None
        names = ("TensorFlow", "tf-keras", "Keras")
        return "under test: {}".format(
            ", ".join("{} {}".format(name, version) for name, version in zip(names, self.run.env) if version)
        )

    # --- collection -----------------------------------------------------------------------

    def pytest_generate_tests(self, metafunc):
        if "check" in metafunc.fixturenames and not self.config.option.collectonly:
            self.run.begin()  # the import takes longer than collecting: side by side
        if "claim" in metafunc.fixturenames:
            selection.parametrize_claims(metafunc, self.run.env)
        else:
            selection.parametrize_cases(metafunc, self.run.env)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_collection_modifyitems(self, session, config, items):
        for item in items:
            note_subject(item)
            junit.note_claim(item)
        order.arrange(config, items)  # before -m chooses, and before what else orders tests
        yield
        self.results.complete = selection.is_complete(config, items)
        if config.option.only:
            selection.keep_only(config, items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session):
        run = self.run
        if self.config.option.collectonly or not any(
            "check" in getattr(item, "fixturenames", ()) for item in session.items
        ):
            return
        if run.env is not None:
            self.event("collected", tests=len(session.items))
            run.start()
        self.event("imported", packages=run.packages, unusable=run.unusable)
        if run.unusable and self.worker:
            session.items[:] = []  # the controller says why, once
            return
        if run.unusable:
            run.refuse(run.unusable)
        if not self.worker:  # a worker of xdist does not know which cases it will get
            planned = collections.OrderedDict()
            for item in session.items:
                planned.update(dict.fromkeys(cases_of(item, run.env)))
            run.observer.plan(planned)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config, log):
        from xdist.scheduler import LoadScopeScheduling

        class ByCase(LoadScopeScheduling):
            """All tests of one case go to one worker, so that it is observed once."""

            def _split_scope(self, nodeid):
                return nodeid.partition("[")[2] or nodeid

        return ByCase(config, log)

    # --- one test -------------------------------------------------------------------------

    def pytest_runtest_setup(self, item):
        self.run.checks = 0

    def pytest_assertion_pass(self, item):
        self.run.checks += 1

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        case, observer = case_of(item), self.run.observer
        if call.when == "call" and observer is not None and case in observer.seconds:
            item.user_properties.append(("observation_ms", round(1000 * observer.seconds[case], 3)))
        outcome = yield
        report = outcome.get_result()
        if suite_of(item.fspath):
            checks.fail_what_tests_nothing(report, self.run.checks)
        if report.failed and observer is not None:
            report.stands_on = junit.output(item, self.run)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report):
        self.results.count(report)
        junit.tell(self.config, report)
        if report.when == "call" or (report.when == "setup" and not report.passed):
            self.event(
                "test", id=report.nodeid, outcome=report.outcome, subject=dict(report.user_properties).get("subject"),
                sentence=checks.sentence_of(report) if report.failed else None,
            )

    # --- what came of it ------------------------------------------------------------------

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node, error):
        output = getattr(node, "workeroutput", {})
        if "suite" in output:
            self.results.from_worker(output["suite"])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session, exitstatus):
        run, results = self.run, self.results
        if run.observer is not None:
            run.observer.close()
            self.event("ended", observing=run.seconds_by_kind())
        if self.worker:
            self.config.workeroutput["suite"] = results.to_controller()
            return
        if run.unusable:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
            return
        stopped = session.shouldstop or session.shouldfail  # by the user, by --stepwise, by -x
        results.whole = results.complete and exitstatus in JUDGED and not stopped
        if results.whole and not self.config.option.collectonly:
            results.compare_counts()
        if self.config.option.record and run.observations:
            results.write(self.config.option.record, results.whole)
        if results.problems and session.exitstatus in JUDGED:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if self.run.unusable and self.distributes:
            terminalreporter.write_line(self.run.unusable, red=True)
        if self.run.observations and not self.run.unusable:
            write_table(terminalreporter, self.run, self.results)
        for problem in self.results.problems:
            terminalreporter.write_line("FAILED {}".format(problem), red=True)
