"""The check of manifests can fail: each of these mistakes is refused, with a message that names the place."""

import copy
import unittest

from manifests import complaints, need_kustomize, render
from tools import need_schemas

# (kind, path, wrong value, a part of the message)
CONTAINER = ("spec", "template", "spec", "containers", 0)
ENDPOINT = ("spec", "podMetricsEndpoints", 0)
RULE = ("spec", "groups", 0, "rules", 0)
ABSENT = object()
MISTAKES = [
    ("StatefulSet", ("spec", "replicaz"), 1, "replicaz"),
    ("StatefulSet", ("spec", "replicas"), "3", "replicas"),
    ("StatefulSet", ("spec", "selector"), ABSENT, "selector"),
    ("StatefulSet", ("spec", "podManagementPolicy"), "parallel", '"parallel"'),
    ("StatefulSet", ("apiVersion",), "apps/v1beta9", "no schema of apps/v1beta9 StatefulSet"),
    ("StatefulSet", (*CONTAINER, "securityContext", "readonlyRootFilesystem"), True, "readonlyRootFilesystem"),
    ("StatefulSet", (*CONTAINER, "ports", 0, "containerPort"), "10740", "containerPort"),
    ("StatefulSet", (*CONTAINER, "imagePullPolicy"), "Sometimes", '"Sometimes"'),
    ("StatefulSet", (*CONTAINER, "livenessProbe", "httpGet", "uri"), "/-/healthy", "uri"),
    ("StatefulSet", (*CONTAINER, "resources", "limits", "memory"), True, "memory"),
    ("StatefulSet", (*CONTAINER, "args"), "--storage.path=x", "args"),
    ("Service", ("spec", "type"), "Headless", '"Headless"'),
    ("Service", ("spec", "ports", 0, "targetport"), "metrics", "targetport"),
    ("ConfigMap", ("data", "number"), 1, "number"),
    ("NetworkPolicy", ("spec", "policyTypes"), ["Ingres"], '"Ingres"'),
    ("NetworkPolicy", ("spec", "ingress", 0, "from", 0, "namespaceSelectors"), {}, "namespaceSelectors"),
    ("NetworkPolicy", ("spec", "egress", 1, "ports", 0, "port"), [443], "port"),
    ("PodMonitor", (*ENDPOINT, "scrapeTimeot"), "20s", "scrapeTimeot"),
    ("PodMonitor", (*ENDPOINT, "interval"), "sixty", "interval"),
    ("PodMonitor", (*ENDPOINT, "relabelings", 0, "action"), "rename", '"rename"'),
    ("PodMonitor", ("spec", "selector"), ABSENT, "selector"),
    ("PrometheusRule", (*RULE, "exprr"), "up", "exprr"),
    ("PrometheusRule", (*RULE, "expr"), ABSENT, "expr"),
    ("PrometheusRule", (*RULE, "for"), 10, "for"),
    ("PrometheusRule", (*RULE, "labels", "severity"), 1, "severity"),
]


def broken(manifest, path, value):
    copied = copy.deepcopy(manifest)
    parent = copied
    for key in path[:-1]:
        parent = parent[key]
    if value is ABSENT:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return copied


class Manifests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        rendered = render("deploy/kubernetes/overlays/monitoring")
        cls.good = {manifest["kind"]: manifest for manifest in rendered}

    def test_good_ones_pass(self):
        self.assertEqual(complaints(list(self.good.values())), [])

    def test_each_mistake_is_refused_by_name(self):
        manifests = []
        for n, (kind, path, value, _) in enumerate(MISTAKES):
            manifest = broken(self.good[kind], path, value)
            manifest["metadata"] = {**manifest["metadata"], "name": f"mistake-{n}"}
            manifests.append(manifest)
        found = complaints(manifests)
        for n, (kind, path, value, expected) in enumerate(MISTAKES):
            with self.subTest(kind=kind, path=path, value=value):
                mine = [line for line in found if line.startswith(f"{kind}/mistake-{n}:")]
                self.assertTrue(any(expected in line for line in mine), mine)

    def test_non_manifests_are_refused(self):
        self.assertIn("check-manifests.mjs ended with", complaints({"kind": "Service"})[0])


if __name__ == "__main__":
    need_kustomize()
    need_schemas("kubernetes-models")
    unittest.main()
