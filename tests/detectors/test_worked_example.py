"""The detector in detectors/README.md works as it stands there."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import detectors
from streams.control import make
from tests.suites.story import Story, event

README = Path(detectors.__file__).parent / "README.md"


def worked_example(folder: Path) -> ModuleType:
    code = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert code
    (path := folder / "trailer_idle.py").write_text(code[1])
    spec = importlib.util.spec_from_file_location("trailer_idle", path)
    assert spec
    assert spec.loader
    module = sys.modules["trailer_idle"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_worked_example_is_short_and_raises_its_deviation(tmp_path: Path) -> None:
    module = worked_example(tmp_path)
    story = Story(lambda saved: make(saved, [*detectors.ALL, module.DETECTOR]))
    story.tell(0, event("trailer.spotted", 0, site="A", trailer="T1"))
    story.wait(3000)
    story.tell(3001, event("trailer.pulled", 3001, site="A", trailer="T1"))
    assert story.deviations("trailer.idle") == [(0, 1, 2880.0), (2, 0, 1.0 * 0)]
    assert len((tmp_path / "trailer_idle.py").read_text().splitlines()) < 30
