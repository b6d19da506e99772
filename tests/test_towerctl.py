"""The launcher's promises: each rung of its ladder, its stamp, its lock, its errors. No network."""

import hashlib
import importlib.machinery
import importlib.util
import os
import subprocess
import threading
import time
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
LAUNCHER = ROOT / "towerctl"


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The launcher in a checkout of its own, where no program works unless a test lets it."""
    loader = importlib.machinery.SourceFileLoader("towerctl", str(LAUNCHER))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("towerctl", loader))  # type: ignore[arg-type]
    loader.exec_module(module)
    for name, path in {"ROOT": ".", "VENV": ".venv", "PYTHON": ".venv/bin/python", "CACHE": ".tower"}.items():
        monkeypatch.setattr(module, name, tmp_path / path)
    (tmp_path / "requirements").mkdir()
    for name in ("product", "test", "installer"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"# {name}\n")
    (tmp_path / ".tower").mkdir()
    monkeypatch.setattr(module, "PIP_CONFIGS", ())
    for variable in ("PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(variable, raising=False)
    Calls(module, monkeypatch)
    return module


class Calls:
    """Stands in for every program: keeps what was called; a call works if one of `working` is in it."""

    def __init__(self, launcher: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        self.launcher, self.called = launcher, list[str]()
        self.working: tuple[str, ...] = ()
        monkeypatch.setattr(launcher, "run", self.run)
        monkeypatch.setattr(launcher, "calls", self, raising=False)
        monkeypatch.setattr(launcher.shutil, "which", lambda name: None)
        monkeypatch.setattr(launcher, "WHEEL_FOLDERS", ())

    def run(self, *command: object, **_: object) -> bool:
        line = " ".join(map(str, command))
        self.called.append(line)
        worked = any(part in line for part in self.working)
        if worked and "-m venv" in line:
            environment(self.launcher)
        return worked


def environment(launcher: ModuleType, version: str = "3.11.2") -> None:
    """Put something that looks like an environment into the checkout."""
    launcher.PYTHON.parent.mkdir(parents=True, exist_ok=True)
    launcher.PYTHON.touch()
    (launcher.VENV / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")


def stamp(launcher: ModuleType, name: str = "product") -> None:
    environment(launcher)
    launcher.stamp(name).write_text(launcher.wanted(name))


def test_a_stamped_environment_starts_no_program(launcher: ModuleType) -> None:
    stamp(launcher)
    launcher.prepare(["product"])
    assert launcher.calls.called == []


def test_a_changed_lock_is_installed_again(launcher: ModuleType) -> None:
    stamp(launcher)
    launcher.lock("product").write_text("# another\n")
    assert not launcher.stamped("product")


def test_another_python_in_the_environment_is_not_what_was_stamped(launcher: ModuleType) -> None:
    stamp(launcher)
    environment(launcher, "3.12.1")
    assert not launcher.stamped("product")


def pages(launcher: ModuleType, source_s: int, tried_s: int | None = None) -> None:
    """Sources of dashboards that changed at one moment, and a bundle that was tried at another."""
    folder = launcher.ROOT / "dashboards"
    (folder / "dist").mkdir(parents=True)
    (folder / "wall.html").touch()
    os.utime(folder / "wall.html", (source_s, source_s))
    if tried_s is not None:
        (folder / "dist" / ".stamp").touch()
        os.utime(folder / "dist" / ".stamp", (tried_s, tried_s))


def test_pages_that_were_never_built_are_built_once(launcher: ModuleType) -> None:
    stamp(launcher)
    pages(launcher, 100)
    launcher.prepare(["product"])
    assert launcher.calls.called == [f"{launcher.PYTHON} -P -m api.bundle"]


def test_pages_are_built_again_only_when_a_source_has_changed(launcher: ModuleType) -> None:
    pages(launcher, 100, tried_s=200)
    assert launcher.bundled()
    os.utime(launcher.ROOT / "dashboards" / "wall.html", (300, 300))
    assert not launcher.bundled()


def test_pages_that_cannot_be_built_stop_nothing(launcher: ModuleType) -> None:
    stamp(launcher)
    pages(launcher, 100)
    launcher.calls.working = ()
    launcher.prepare(["product"])
    assert launcher.calls.called[-1].endswith("api.bundle")


def test_tests_need_a_lock_more_than_the_product(launcher: ModuleType) -> None:
    assert launcher.locks_for(["test", "--all"]) == ["product", "test"]
    assert launcher.locks_for(["demo"]) == launcher.locks_for([]) == ["product"]


def test_only_the_lock_without_a_stamp_is_installed(launcher: ModuleType) -> None:
    stamp(launcher)
    launcher.calls.working = (" -c ", "pip")
    launcher.prepare(["product", "test"])
    installed = [line for line in launcher.calls.called if "install -q" in line and "installer.txt" not in line]
    assert launcher.stamped("test")
    assert installed
    assert not any("product.txt" in line for line in installed)


def test_without_ensurepip_the_environment_is_made_without_pip(launcher: ModuleType) -> None:
    launcher.calls.working = ("--without-pip",)
    launcher.make_environment("python3")
    tried = [line.split(" /")[0] for line in launcher.calls.called]
    assert tried == ["python3 -m venv", "python3 -m venv --without-pip"]


def test_a_python_that_makes_no_environment_stops_and_leaves_none(launcher: ModuleType) -> None:
    with pytest.raises(launcher.Stop, match="cannot make") as stop:
        launcher.make_environment("python3")
    assert not launcher.VENV.exists()
    assert "python3-venv" in stop.value.try_


def test_a_full_disk_is_told_before_anything_is_made(launcher: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "NEEDED_GB", 1e9)
    with pytest.raises(launcher.Stop, match="GB are needed"):
        launcher.make_environment("python3")
    assert launcher.calls.called == []


def test_a_failed_installation_leaves_no_stamp_and_says_what_to_try(
    launcher: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    stamp(launcher)
    launcher.lock("product").write_text("# another\n")
    launcher.calls.working = (" -c ", "--version")
    assert launcher.main(["version"]) == 1
    assert not launcher.stamp("product").exists()
    assert "Error: packages: product.txt was not installed" in capsys.readouterr().err


def test_uv_is_taken_before_pip(launcher: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher.shutil, "which", lambda name: f"/bin/{name}")
    launcher.calls.working = ("/bin/uv",)
    launcher.install("python3", launcher.lock("product"))
    assert [line.split()[0] for line in launcher.calls.called] == ["/bin/uv"]


def test_a_uv_that_fails_is_followed_by_pip(launcher: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher.shutil, "which", lambda name: f"/bin/{name}")
    launcher.calls.working = ("-m pip",)
    launcher.install("python3", launcher.lock("product"))
    assert launcher.calls.called[-1].startswith(f"{launcher.PYTHON} -m pip install")


def test_every_installation_is_held_to_hashes_and_wheels(launcher: ModuleType) -> None:
    launcher.calls.working = ("pip",)
    launcher.install("python3", launcher.lock("product"))
    installed = [line for line in launcher.calls.called if " install " in line]
    assert installed
    assert all("--require-hashes --only-binary :all:" in line for line in installed)


def test_with_neither_uv_nor_pip_nor_a_place_to_get_them_the_fix_is_named(launcher: ModuleType) -> None:
    with pytest.raises(launcher.Stop, match="neither uv nor pip") as stop:
        launcher.install("python3", launcher.lock("product"))
    assert stop.value.try_ == "sudo apt-get install python3-venv"


def test_a_wheel_that_the_system_keeps_is_taken(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip-23.0.1-py3-none-any.whl").touch()
    monkeypatch.setattr(launcher, "WHEEL_FOLDERS", (str(tmp_path),))
    launcher.calls.working = (".whl/pip --version",)
    assert launcher.pip_command("python3") == [launcher.PYTHON, tmp_path / "pip-23.0.1-py3-none-any.whl" / "pip"]


@pytest.fixture
def index(launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index in a folder, which the user configured in pip's own file; it has one pip."""
    page = tmp_path / "index" / "pip"
    page.mkdir(parents=True)
    (page / "pip-26.3-py3-none-any.whl").write_bytes(b"wheel")
    (page / "index.html").write_text('<a href="pip-26.3-py3-none-any.whl#sha256=0">pip</a>')
    monkeypatch.setattr(launcher, "fetch", fetched)
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = file://{tmp_path}/index/\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    return page


def fetched(address: str) -> bytes:
    path = address.removeprefix("file://").split("#")[0]
    return Path(path + "index.html" if path.endswith("/") else path).read_bytes()


def test_the_pip_of_the_configured_index_is_taken_if_our_lock_has_its_hash(launcher: ModuleType, index: Path) -> None:
    launcher.lock("installer").write_text(f"pip==26.3 --hash=sha256:{hashlib.sha256(b'wheel').hexdigest()}\n")
    wheel = launcher.wheel_of_index()
    assert wheel is not None
    assert wheel.read_bytes() == b"wheel"


def test_a_pip_with_another_hash_is_refused(launcher: ModuleType, index: Path) -> None:
    launcher.lock("installer").write_text("pip==26.3 --hash=sha256:00\n")
    assert launcher.wheel_of_index() is None
    assert not list(launcher.CACHE.glob("*.whl"))


def test_an_index_that_does_not_answer_is_told_and_passed_over(
    launcher: ModuleType, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (index / "index.html").unlink()
    assert launcher.wheel_of_index() is None
    assert "did not answer" in capsys.readouterr().err


def test_uv_learns_what_pip_was_told(launcher: ModuleType, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CERT", "/our.pem")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    said = launcher.environment()
    assert said["UV_DEFAULT_INDEX"].endswith("/index/")
    assert (said["SSL_CERT_FILE"], said["UV_SYSTEM_CERTS"]) == ("/our.pem", "1")
    assert said["NUMBA_CACHE_DIR"] == str(launcher.CACHE / "numba")


def test_a_python_that_bytewax_has_no_wheel_for_is_refused_by_name(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher.sys, "version_info", (3, 13, 1))
    with pytest.raises(launcher.Stop, match=r"3\.11 or 3\.12 is needed \(got 3\.13\.1\)"):
        launcher.interpreter()


def test_a_supported_python_on_the_path_stands_in(launcher: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher.sys, "version_info", (3, 13, 1))
    monkeypatch.setattr(launcher.shutil, "which", lambda name: f"/bin/{name}" if name == "python3.11" else None)
    launcher.calls.working = ("python3.11",)
    assert launcher.interpreter() == "/bin/python3.11"


def test_a_second_start_waits_for_the_first_and_does_nothing(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    went = list[list[str]]()

    def set_up(names: list[str]) -> None:
        time.sleep(0.2)
        went.append(names)
        stamp(launcher)

    monkeypatch.setattr(launcher, "set_up", set_up)
    starts = [threading.Thread(target=launcher.prepare, args=(["product"],)) for _ in range(3)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert went == [["product"]]
    assert "Waiting for another start" in capsys.readouterr().err


@pytest.mark.full
def test_a_second_start_hands_over_without_setting_anything_up() -> None:
    subprocess.run([LAUNCHER, "test", "--version"], check=True, capture_output=True)
    said = subprocess.run([LAUNCHER, "version"], check=True, capture_output=True, text=True)
    assert said.stdout.startswith("towerctl ")
    assert said.stderr == "", "it says what it installs and compiles"


def test_the_launcher_is_a_program() -> None:
    assert os.access(LAUNCHER, os.X_OK)
