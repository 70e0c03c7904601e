"""Register a hospital, wait for the body that supervises it, read how far its kind is covered.

    make clients && pip install dist/clients/python/*
    python docs/samples/register_and_count.py 52440303000000001X

asks the services at REGISTRY_URL, ROUTER_URL and METRICS_URL with the token in TOKEN.
"""

import datetime
import os
import sys
import time

from jurisdiction_router_client import AuthenticatedClient as Router
from jurisdiction_router_client.api.assignments import get_assignment
from jurisdiction_router_client.models import AssignmentWithDecision
from metrics_client import AuthenticatedClient as Metrics
from metrics_client.api.coverage import count_coverage, read_standing
from metrics_client.models import Coverage, Standing
from registry_api_client import AuthenticatedClient as Registry
from registry_api_client.api.organizations import register_organization
from registry_api_client.models import (
    Authority,
    BusinessSupervisor,
    Charter,
    Domicile,
    EstablishedOrganization,
    Establishment,
    Party,
    Registration,
)

DAY = datetime.date(2016, 7, 1)
token = os.environ["TOKEN"]
registry = Registry(base_url=os.environ["REGISTRY_URL"], token=token)
router = Router(base_url=os.environ["ROUTER_URL"], token=token)
metrics = Metrics(base_url=os.environ["METRICS_URL"], token=token)

credit_code = sys.argv[1]
hospital = Establishment(
    credit_code=credit_code,
    name="罗湖区晨曦医院",
    kind="private_nonenterprise",
    institution_type="private_hospital",
    category="health",
    registration=Registration(
        mode="dual",
        level="district",
        registered_on=DAY,
        authority=Authority(name="罗湖区民政局", division_code="440303"),
    ),
    business_supervisor=BusinessSupervisor(name="罗湖区卫生局", system="health"),
    licence_issuer="health",
    domicile=Domicile(division_code="440303001", address="桂园路1号"),
    charter=Charter(state="included", on=DAY),
    party=Party(full_members=3, probationary_members=1),
)
# the same key again after a time-out registers nothing twice
registered = register_organization.sync(client=registry, body=hospital, idempotency_key=credit_code)
if not isinstance(registered, EstablishedOrganization):
    sys.exit(f"not registered: {registered}")  # a ProblemDocument: what, where, and how to mend it
print("registered", registered.id)
for obligation in registered.obligations:
    print("owes", obligation.kind)

for _ in range(120):  # router and metrics follow the registry: 404 until they know of it
    assignment = get_assignment.sync(registered.id, client=router)
    standing = read_standing.sync(registered.id, client=metrics)
    if isinstance(assignment, AssignmentWithDecision) and isinstance(standing, Standing):
        break
    time.sleep(0.5)
else:
    sys.exit(f"not assigned and counted: {assignment} {standing}")
body = assignment.supervising
print("supervised by", body.name if body else None, "under rule", assignment.rule)

coverage = count_coverage.sync(
    client=metrics,
    indicator="organizational_coverage",
    institution_type=["private_hospital"],
    group_by=["district"],
)
if not isinstance(coverage, Coverage):
    sys.exit(f"not counted: {coverage}")
print("covered", coverage.total.numerator, "of", coverage.total.denominator)
for group in coverage.groups:
    print("covered", group.numerator, "of", group.denominator, "in", group.by.to_dict())
