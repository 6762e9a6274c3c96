"""The pytest plugin of the suite: observes each case once, judges it, counts it, records it.

pytest itself never imports TensorFlow: an observer process does (``fixtures.observing``).
"""
import collections
import json
import os
import sys
import traceback

import pytest

ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, ROOT)

from fixtures import cases, installed, judging, record, sources, subjects, summary  # noqa: E402
from fixtures.claims import NOT_APPLICABLE, load  # noqa: E402
from fixtures.observing import NotObserved, Observer  # noqa: E402

SUITES = ("tf1_compat", "keras_v2")


def pytest_addoption(parser):
    """Options of the suite."""
    group = parser.getgroup("batch normalization")
    group.addoption("--record", metavar="FILE", help="write all observations with their provenance")
    group.addoption(
        "--case-timeout", metavar="SECONDS", type=float, default=120.0,
        help="after this long a case counts as hung (default: %(default)s)",
    )
    group.addoption("--events", metavar="FILE", help="append what happens, as it happens, one JSON object to a line")
    group.addoption("--only", metavar="FILE", help="run only the cases and claims that this file lists, in its order")


def pytest_configure(config):
    """Register the markers and the plugin."""
    config.addinivalue_line("markers", "claim(*ids): the claims of the registry that a test decides")
    config.addinivalue_line(
        "markers", "cases(cases, surfaces): parametrize over these cases, as far as they exist, of so many surfaces"
    )
    config.pluginmanager.register(Suite(config), "batchnorm-suite")


class Suite:
    """One run: the environment under test, its observer, and what came of each case."""

    def __init__(self, config):
        self.config = config
        self.worker = hasattr(config, "workerinput")
        self.distributes = bool(getattr(config.option, "numprocesses", None)) and not self.worker
        self.observer = None
        self.unusable = None  # or the sentence that says why nothing can be judged
        self.checks = 0
        self.complete = False
        self.observations = {}
        self.verdicts = {}
        self.packages = {}
        self.problems = []
        self.counted = collections.Counter()
        self.skipped = collections.Counter()
        try:
            self.env = installed.environment()
        except installed.Unusable as error:
            self.env, self.unusable = None, str(error)

    def event(self, event, **words):
        """Tell whoever reads ``--events`` what happened."""
        if self.config.option.events and not self.worker:
            with open(self.config.option.events, "a") as out:
                out.write(json.dumps(dict(words, event=event), sort_keys=True) + "\n")

    # --- what is under test ---------------------------------------------------------------

    def refuse(self, sentence):
        """End the run: the environment cannot be judged."""
        self.unusable = sentence
        if self.observer is not None:
            self.observer.close()
        raise pytest.exit.Exception(sentence, returncode=pytest.ExitCode.USAGE_ERROR)

    def pytest_report_header(self):
        if self.env is None:
            return None
        names = ("TensorFlow", "tf-keras", "Keras")
        return "under test: {}".format(
            ", ".join("{} {}".format(name, version) for name, version in zip(names, self.env) if version)
        )

    # --- collection -----------------------------------------------------------------------

    def pytest_generate_tests(self, metafunc):
        if "claim" in metafunc.fixturenames:
            return self.parametrize_claims(metafunc)
        marker = metafunc.definition.get_closest_marker("cases")
        if marker is None:
            return None
        if self.env is None:
            return metafunc.parametrize("case", [None])  # never runs: the run is refused after collection
        present, absent = [], collections.OrderedDict()
        chosen = marker.args[0]
        if "surfaces" in marker.kwargs:  # so many are enough
            here = [s for s in cases.SURFACES if installed.absent(s, self.env) is None][: marker.kwargs["surfaces"]]
            chosen = [case for case in chosen if case.surface in here]
        for case in chosen:
            missing = installed.missing(case, self.env)
            if missing:
                absent[missing] = None
            else:
                present.append(pytest.param(case, id=str(case)))
        skips = [
            pytest.param(None, id="no-{}".format(what), marks=pytest.mark.skip(reason=reason))
            for what, reason in absent
        ]
        return metafunc.parametrize("case", present + skips)

    def parametrize_claims(self, metafunc):
        """One test for each claim and place: graph surfaces here, Keras surfaces there."""
        graph = suite_of(metafunc.definition.fspath) == "tf1_compat"
        if self.env is None:
            return metafunc.parametrize("claim, surface, program", [(None, None, None)])
        parameters = []
        absent = collections.OrderedDict()
        for claim in load().values():
            for surface, program in claim.places:
                if (surface == cases.TF_LAYERS) != graph:
                    continue
                reason = installed.absent(surface, self.env)
                if reason:
                    absent[surface, reason] = None
                    continue
                parameters.append(pytest.param(
                    claim, surface, program,
                    id=subjects.ClaimInPlace(claim.id, surface, program).test_id, marks=pytest.mark.claim(claim.id),
                ))
        parameters += [
            pytest.param(None, surface, None, id="no-" + surface, marks=pytest.mark.skip(reason=reason))
            for surface, reason in absent
        ]
        return metafunc.parametrize("claim, surface, program", parameters)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, session, config, items):
        chosen = [item for item in items if suite_of(item.path if hasattr(item, "path") else item.fspath)]
        roots = {suite_of(item.path if hasattr(item, "path") else item.fspath) for item in chosen}
        narrowed = (
            config.option.keyword or config.option.markexpr or getattr(config.option, "lf", False)
            or config.option.deselect or any("::" in str(arg) or str(arg).endswith(".py") for arg in config.args)
        )
        self.complete = roots == set(SUITES) and not narrowed
        for item in chosen:
            surface = surface_of(item)
            if surface:
                item.user_properties += [("surface", surface), ("subject", subject_of(item))]
        if config.option.only:
            with open(config.option.only) as lines:
                order = {subject: place for place, subject in enumerate(lines.read().splitlines())}
            self.complete = False
            config.hook.pytest_deselected(items=[item for item in items if subject_of(item) not in order])
            items[:] = sorted(
                (item for item in items if subject_of(item) in order), key=lambda item: order[subject_of(item)]
            )

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session):
        if self.config.option.collectonly or not any(
            "check" in getattr(item, "fixturenames", ()) for item in session.items
        ):
            return
        if self.env is not None:
            self.event("collected", tests=len(session.items))
            self.unusable = self.start_observer()
        self.event("imported", packages=self.packages, unusable=self.unusable)
        if self.unusable and self.worker:
            session.items[:] = []  # the controller says why, once
            return
        if self.unusable:
            self.refuse(self.unusable)
        if not self.worker:  # a worker of xdist does not know which cases it will get
            planned = collections.OrderedDict()
            for item in session.items:
                planned.update(dict.fromkeys(self.cases_of(item)))
            self.observer.plan(planned)

    def cases_of(self, item):
        """The cases that a test observes: its own, or all that decide its claim."""
        if case_of(item) is not None:
            return [case_of(item)]
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        if parameters.get("claim") is None:
            return []
        return installed.deciding(parameters["claim"], parameters["surface"], parameters["program"], self.env)

    def start_observer(self):
        """Import TensorFlow in the observer process; the sentence that says why not, or None."""
        self.observer = Observer(self.env, self.config.option.case_timeout)
        try:
            self.packages = dict(self.observer.start(), beside=installed.beside())
        except installed.Unusable as error:
            return str(error)
        imported = self.packages["tensorflow"]
        if installed.key(imported)[:3] != installed.key(self.env.tensorflow)[:3]:
            return "TensorFlow {} is installed, but {} is what imports.".format(self.env.tensorflow, imported)
        return None

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config, log):
        from xdist.scheduler import LoadScopeScheduling

        class ByCase(LoadScopeScheduling):
            """All tests of one case go to one worker, so that it is observed once."""

            def _split_scope(self, nodeid):
                return nodeid.partition("[")[2] or nodeid

        return ByCase(config, log)

    # --- one test -------------------------------------------------------------------------

    def observe(self, case, decides=None):
        """The observation of a case, for its own sake or that of a claim; fails the test when there is none."""
        __tracebackhide__ = True
        try:
            seen = self.observer.observe(case)
        except NotObserved as error:
            self.checks += 1
            if case.kind != "canary":  # an exception by its type alone: its message may be another in each run
                self.observations[case.id] = (
                    {"ended": "raised {}".format(error.error), "error": error.error} if error.error
                    else {"ended": str(error)}
                )
            pytest.fail("{}{} [{}]\n{}".format(
                judging.undecided(decides) if decides else "", error, judging.situation(case, self.env), error.traceback
            ), pytrace=False)
        except installed.Unusable as error:
            self.refuse(str(error))
        if case.id not in self.observations and case.kind != "canary":
            self.observations[case.id] = record.plain(seen)
        return seen

    def pytest_runtest_setup(self, item):
        self.checks = 0

    def pytest_assertion_pass(self, item):
        self.checks += 1

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        case = case_of(item)
        if call.when == "call" and self.observer is not None and case in self.observer.seconds:
            item.user_properties.append(("observation_ms", round(1000 * self.observer.seconds[case], 3)))
        outcome = yield
        report = outcome.get_result()
        if not suite_of(item.fspath):
            return
        if report.skipped and hasattr(report, "wasxfail"):
            del report.wasxfail  # pytest does not count a failure that carries it
            report.outcome = "failed"
            report.longrepr = "xfail is not used here: a known deviation is a row of the semantics table"
        elif report.skipped:
            reason = report.longrepr[2].replace("Skipped: ", "")
            if reason not in installed.SKIP_REASONS:
                report.outcome = "failed"
                report.longrepr = "skipped with a reason that is not on the list: {!r}".format(reason)
        elif report.passed and call.when == "call" and self.checks == 0:
            report.outcome = "failed"
            report.longrepr = "nothing was asserted in this test"

    # --- what came of it ------------------------------------------------------------------

    def pytest_runtest_logreport(self, report):
        properties = dict(report.user_properties)
        if report.when == "call" and "surface" in properties:
            self.counted[properties["surface"]] += 1
        if report.skipped and isinstance(report.longrepr, tuple):
            self.skipped[report.longrepr[2].replace("Skipped: ", "")] += 1
        if report.when == "call" or (report.when == "setup" and not report.passed):
            self.event(
                "test", id=report.nodeid, outcome=report.outcome, subject=properties.get("subject"),
                sentence=sentence_of(report) if report.failed else None,
            )

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node, error):
        output = getattr(node, "workeroutput", {})
        if "suite" in output:
            part = json.loads(output["suite"])
            self.observations.update(part["observations"])
            self.verdicts.update(part["verdicts"])
            self.packages = self.packages or part["packages"]
            self.unusable = self.unusable or part["unusable"]
            self.complete = self.complete or part["complete"]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session, exitstatus):
        if self.observer is not None:
            self.observer.close()
            self.event("ended", observing=self.seconds_by_kind())
        if self.worker:
            self.config.workeroutput["suite"] = json.dumps({
                "observations": self.observations, "verdicts": self.verdicts, "packages": self.packages,
                "unusable": self.unusable, "complete": self.complete,
            })
            return
        if self.unusable:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
            return
        ended_early = exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or session.shouldstop
        if self.complete and not ended_early and not self.config.option.collectonly:
            for surface, count in sorted(installed.expected_counts(self.env).items()):
                if self.counted[surface] != count:
                    self.problems.append(
                        "{}: {} cases ran, but {} are expected (fixtures/case_counts.json)".format(
                            surface, self.counted[surface], count
                        )
                    )
        path = self.config.option.record
        if path and self.observations:
            try:
                record.write(path, {
                    "provenance": dict(self.packages, suite=record.SUITE, complete=self.complete and not ended_early),
                    "counts": dict(self.counted),
                    "verdicts": self.verdicts,
                    "observers": sources.digests(self.observations),
                    "observations": self.observations,
                })
            except OSError as error:
                self.problems.append("the record was not written: {}".format(error))
        if self.problems and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def seconds_by_kind(self):
        """How long the observations of each kind took, all together."""
        seconds = collections.Counter()
        for case, took in self.observer.seconds.items():
            seconds[case.kind] += took
        return dict(seconds)

    def pytest_terminal_summary(self, terminalreporter):
        if self.unusable and self.distributes:
            terminalreporter.write_line(self.unusable, red=True)
        write = terminalreporter.write_line
        if self.observations and not self.unusable:
            self.write_table(terminalreporter)
        for problem in self.problems:
            write("FAILED {}".format(problem), red=True)

    def write_table(self, terminalreporter):
        """The table that people come for, and how many cases it stands on."""
        write = terminalreporter.write_line
        titles = [
            (surface, "{} {}".format(surface, installed.release(surface, self.env)))
            for surface in cases.SURFACES if installed.absent(surface, self.env) is None
        ]
        terminalreporter.section("batch normalization, as observed")
        for line in summary.table(titles, self.observations):
            write(line)
        write("cases: {}".format(", ".join("{} {}".format(s, n) for s, n in sorted(self.counted.items()))))
        for reason in installed.SKIP_REASONS:
            write("skipped, {}: {}".format(reason, self.skipped[reason]))


def suite_of(path):
    """The folder of the suite that a test file lies in, or None."""
    name = os.path.basename(os.path.dirname(str(path)))
    return name if name in SUITES else None


def case_of(item):
    """The case that a test observes, or None."""
    return item.callspec.params.get("case") if hasattr(item, "callspec") else None


def surface_of(item):
    """The surface that a test observes, or None."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    case = case_of(item)
    return case.surface if case is not None else parameters.get("surface")


def subject_of(item):
    """The id of the case that a test observes, or of the claim that it decides and where."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    if case_of(item) is not None:
        return case_of(item).id
    if parameters.get("claim") is not None:
        return str(subjects.ClaimInPlace(parameters["claim"].id, parameters["surface"], parameters["program"]))
    return None


def sentence_of(report):
    """Why a test failed, in one line."""
    crash = getattr(report.longrepr, "reprcrash", None)
    line = (crash.message if crash else str(report.longrepr)).strip().splitlines()[0]
    return line[len("Failed: "):] if line.startswith("Failed: ") else line  # what pytest.fail puts before it


class Check:
    """What a test asserts with; every assertion is counted."""

    def __init__(self, suite):
        self.suite = suite

    def __call__(self, case, *fields):
        """The fields of a case's observation are as the reference and the semantics predict."""
        __tracebackhide__ = True
        seen = self.suite.observe(case)
        for field in fields:
            self.suite.checks += 1
            sentence = judging.verdict(case, field, seen, self.suite.env)
            if sentence is not None:
                pytest.fail(sentence, pytrace=False)

    def figure(self, case, what, observed, published):
        """A figure is as published, to the last printed digit."""
        __tracebackhide__ = True
        self.suite.checks += 1
        if observed != published:
            pytest.fail("{} is {}, but {} is published [{}]".format(
                what, observed, published, judging.situation(case, self.suite.env)
            ), pytrace=False)

    def observe(self, case):
        """The observation of a case."""
        __tracebackhide__ = True
        return self.suite.observe(case)

    def claim(self, claim, surface, program):
        """The verdict on a claim is the one on record for this release."""
        __tracebackhide__ = True
        seen, failed = [], []
        for case in installed.deciding(claim, surface, program, self.suite.env):  # all: none may be missing on record
            try:
                seen.append(self.suite.observe(case, claim))
            except pytest.fail.Exception as failure:
                failed.append(failure)
        if failed:
            raise failed[0]
        try:
            verdict = claim.verdict(seen) if seen else NOT_APPLICABLE
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            self.suite.checks += 1
            pytest.fail("{}\n{}".format(
                judging.unread_sentence(claim, surface, program, self.suite.env, error, seen), traceback.format_exc()
            ), pytrace=False)
        release = installed.release(surface, self.suite.env)
        expected = claim.expected(surface, program, release)
        self.suite.verdicts[str(subjects.ClaimInPlace(claim.id, surface, program))] = verdict
        self.suite.checks += 1
        if verdict != expected:
            pytest.fail(judging.claim_sentence(
                claim, surface, program, self.suite.env, verdict, expected, seen
            ), pytrace=False)


@pytest.fixture
def check(request):
    """Assert with the observation of a case; see ``Check``."""
    return Check(request.config.pluginmanager.get_plugin("batchnorm-suite"))
