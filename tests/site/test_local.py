import os
from pathlib import Path

from yilu.site import cli, local, postgres


def test_the_given_database_is_used_as_it_is(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/insurer")
    monkeypatch.setattr(postgres, "local", None)  # not even asked for
    with local.database() as url:
        assert url == os.environ["DATABASE_URL"] == "postgresql://elsewhere/insurer"


class Cluster:
    def __init__(self, up):
        self.up = up

    def is_up(self):
        return self.up

    def start(self):
        self.up = True
        return "postgresql://of-our-own/yilu"

    def stop(self):
        self.up = False


def test_a_cluster_is_left_as_it_was_found(monkeypatch):
    for running in (True, False):
        monkeypatch.setenv("DATABASE_URL", "")
        cluster = Cluster(running)
        monkeypatch.setattr(postgres, "local", lambda folder, cluster=cluster: cluster)
        with local.database() as url:
            assert url == os.environ["DATABASE_URL"] == "postgresql://of-our-own/yilu"
            assert cluster.up
        assert cluster.up is running


def test_the_data_lies_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("YILU_VAR", str(tmp_path))
    assert local.folder() == tmp_path / "postgres"
    monkeypatch.delenv("YILU_VAR")
    monkeypatch.delenv("YILU_ROOT", raising=False)
    assert local.folder() == Path(cli.__file__).parents[3] / "var" / "postgres"
