#include "Explainer.h"

#include "DisplayName.h"
#include <algorithm>
#include <fmt/core.h>

namespace Ichor::Detail {

namespace {

using Reason = Explanation::Reason;

std::string nameOf(ServiceRecord const &record) { return fmt::format("{} #{}", record.name, record.id.value); }

char const *stepOf(ServiceRecord const &record) noexcept {
    switch (record.state) {
    case ServiceState::STARTING: return "its start() has not ended";
    case ServiceState::INJECTING: return "it is being injected";
    case ServiceState::UNINJECTING:
        return record.descent == Descent::DEPENDENTS ? "it waits for its dependents to stop" : "it waits for its coroutines to end";
    case ServiceState::STOPPING: return "its stop() has not ended";
    case ServiceState::INSTALLED:
    case ServiceState::ACTIVE:
    case ServiceState::UNINSTALLED: break;
    }
    return "";
}

/// The edges of one dependency: to those in use or else to those who would provide it, or one to nobody.
void drawDependency(ServiceGraph &graph, DependencySlot &slot, CandidateFinder &finder) {
    ServiceGraph::Edge edge{slot.dependent->id, ServiceId{}, std::string{displayName(slot.type->name)}, slot.isRequired(),
                            slot.takesSeveral()};
    for (DependencyEdge &used : slot.edges) {
        edge.provider = used.provided->provider->id;
        graph.edges.push_back(edge);
    }
    if (edge.provider.isValid()) {
        return;
    }
    edge.isInUse = false;
    Candidates const candidates = finder.find(slot);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        edge.provider = candidates[i].id;
        graph.edges.push_back(edge);
    }
    if (!edge.provider.isValid()) {
        graph.edges.push_back(std::move(edge));
    }
}

} // namespace

Explanation Explainer::explain(ServiceId id) {
    Explanation explanation;
    if (ServiceRecord *record = _table.find(id)) {
        explanation.services.push_back(tell(*record));
    } else {
        Explanation::Service unknown;
        unknown.id = id;
        unknown.reason = Reason::UNKNOWN_ID;
        explanation.services.push_back(std::move(unknown));
    }
    return explanation;
}

Explanation Explainer::explainAll() {
    Explanation explanation;
    for (ServiceRecord *record : _table.sortedById()) {
        if (record->state != ServiceState::INSTALLED || record->wish != Wish::STARTED) {
            continue;
        }
        explanation.services.push_back(tell(*record));
    }
    return explanation;
}

Explanation::Service Explainer::tell(ServiceRecord &record) {
    if (_told < MAX_TOLD_TWICE) {
        _seen.clear();
    }
    _inTree = 0;
    return describe(record, Below::TOLD);
}

Explanation::Service Explainer::head(ServiceRecord const &record) {
    ++_inTree;
    ++_told;
    Explanation::Service service;
    service.id = record.id;
    service.name = record.name;
    service.state = record.state;
    return service;
}

Explanation::Service Explainer::describe(ServiceRecord &record, Below below) {
    Explanation::Service service = head(record);
    if (record.state == ServiceState::ACTIVE) {
        return service;
    }
    if (record.state != ServiceState::INSTALLED) {
        service.reason = Reason::ON_ITS_WAY;
        service.detail = stepOf(record);
    } else if (record.wish != Wish::STARTED) {
        service.reason = Reason::NOT_WANTED;
    } else if (record.hasFailed) {
        service.reason = Reason::FAILED;
        service.error = record.failure ? std::string{record.failure->message()} : "out of memory";
    } else {
        service.reason = Reason::WAITING;
        describeWaiting(service, record, below);
    }
    return service;
}

void Explainer::describeWaiting(Explanation::Service &service, ServiceRecord &record, Below below) {
    _path.push_back(&record);
    _seen.insert(record.id);
    for (DependencySlot &slot : record.slots()) {
        if (!slot.isSatisfied()) {
            service.missing.push_back(describeMissing(slot, below));
        }
    }
    _path.pop_back();
}

Explanation::Missing Explainer::describeMissing(DependencySlot &slot, Below below) {
    Explanation::Missing missing;
    missing.interface = displayName(slot.type->name);
    missing.isRequired = slot.isRequired();
    missing.takesSeveral = slot.takesSeveral();
    Candidates const candidates = _candidates.find(slot);
    std::size_t const listed = std::min(candidates.size(), MAX_CANDIDATES);
    for (std::size_t i = 0; i < listed; ++i) {
        missing.candidates.push_back(describeCandidate(candidates[i], below));
    }
    missing.more = candidates.size() - listed;
    return missing;
}

Explanation::Service Explainer::describeCandidate(ServiceRecord &record, Below below) {
    if (std::find(_path.begin(), _path.end(), &record) != _path.end()) {
        Explanation::Service service = head(record);
        nameCycleOnPath(service, record);
        return service;
    }
    if (isShown(record)) {
        Explanation::Service service = head(record);
        service.reason = Reason::SHOWN_ABOVE;
        return service;
    }
    if (below == Below::NAMED && isWaiting(record)) {
        return nameWaiting(record);
    }
    return _path.size() >= MAX_DEPTH || _inTree >= MAX_TREE ? followToCause(record) : describe(record, below);
}

bool Explainer::isShown(ServiceRecord const &record) const { return isWaiting(record) && _seen.contains(record.id); }

Explanation::Service Explainer::nameWaiting(ServiceRecord const &record) {
    Explanation::Service service = head(record);
    service.reason = Reason::WAITING;
    service.detail = fmt::format("explain({}) says what it waits for", record.id.value);
    return service;
}

Explanation::Service Explainer::followToCause(ServiceRecord &record) {
    Cause const cause = _causes.endAtFirstOf(_path, _causes.causeOf(record));
    if (cause.steps == 0) {
        return describeEnd(cause);
    }
    Explanation::Service service = head(record);
    service.reason = Reason::WAITING;
    service.detail = fmt::format("and so on for {} more (see explain({}))", cause.steps, record.id.value);
    Explanation::Missing missing;
    missing.interface = "...";
    missing.candidates.push_back(describeEnd(cause));
    service.missing.push_back(std::move(missing));
    return service;
}

Explanation::Service Explainer::describeEnd(Cause const &cause) {
    ServiceRecord &end = *cause.end;
    if (!cause.isCycle() && !isShown(end)) {
        return describe(end, Below::NAMED);
    }
    Explanation::Service service = head(end);
    service.reason = Reason::SHOWN_ABOVE;
    if (cause.isCycle()) {
        nameCycle(service, cause);
    }
    return service;
}

void Explainer::nameCycleOnPath(Explanation::Service &service, ServiceRecord const &record) const {
    service.reason = Reason::CYCLE;
    auto const first = std::find(_path.begin(), _path.end(), &record);
    for (auto it = first; it != _path.end(); ++it) {
        service.cycle.push_back(nameOf(**it));
    }
    service.cycle.push_back(nameOf(record));
}

/// All names, from the end that the way came to; once when there is much to tell, as each of 100,000 may be on it.
void Explainer::nameCycle(Explanation::Service &service, Cause const &cause) {
    service.reason = Reason::CYCLE;
    if (!_namedCycles.insert(cause.cycle).second && _told >= MAX_TOLD_TWICE) {
        service.detail = "as shown above";
        return;
    }
    std::span<ServiceRecord *const> const cycle = _causes.cycleOf(cause);
    service.cycle.reserve(cycle.size() + 1);
    for (std::size_t i = 0; i <= cycle.size(); ++i) {
        service.cycle.push_back(nameOf(*cycle[(cause.place + i) % cycle.size()]));
    }
    _told += cycle.size();
}

ServiceGraph drawGraph(ServiceTable const &table) {
    ServiceGraph graph;
    CandidateFinder finder;
    for (ServiceRecord *record : table.sortedById()) {
        ServiceGraph::Node node{record->id, std::string{record->name}, record->state, {}, {}};
        if (record->hasFailed) {
            node.error = record->failure ? std::string{record->failure->message()} : "out of memory";
        }
        for (ProvidedInterface &provided : record->provided()) {
            node.interfaces.emplace_back(displayName(provided.type->name));
        }
        graph.nodes.push_back(std::move(node));
        for (DependencySlot &slot : record->slots()) {
            drawDependency(graph, slot, finder);
        }
    }
    return graph;
}

} // namespace Ichor::Detail
