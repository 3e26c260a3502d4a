#include <ichor/event_queues/LatencyHistogram.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace Ichor {

namespace {

std::string inMicroseconds(Duration value) { return fmt::format("{:.1f} us", static_cast<double>(value.count()) / 1000.0); }

// With separators between the thousands.
std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
    return text;
}

} // namespace

void LatencyHistogram::clear() noexcept {
    for (std::atomic<std::uint64_t> &count : _counts) count.store(0, std::memory_order_relaxed);
    _least.store(std::numeric_limits<std::uint64_t>::max(), std::memory_order_relaxed);
    _most.store(0, std::memory_order_relaxed);
}

LatencySummary LatencyHistogram::summary() const {
    LatencySummary summary;
    summary._counts.resize(BUCKETS);
    for (std::size_t i = 0; i < BUCKETS; ++i) {
        summary._counts[i] = _counts[i].load(std::memory_order_acquire);
        summary._count += summary._counts[i];
    }
    if (summary._count == 0) return summary;
    std::uint64_t const most = _most.load(std::memory_order_relaxed);
    // While clear() runs on the other thread, what it has cleared already stands beside what it has not.
    summary._least = Duration(std::min(_least.load(std::memory_order_relaxed), most));
    summary._most = Duration(most);
    return summary;
}

Duration LatencySummary::percentile(double percent) const noexcept {
    if (_count == 0) return {};
    auto const wanted = static_cast<std::uint64_t>(std::ceil(static_cast<double>(_count) * percent / 100.0));
    std::uint64_t passed = 0;
    for (std::size_t bucket = 0; bucket < _counts.size(); ++bucket) {
        passed += _counts[bucket];
        if (passed >= std::max<std::uint64_t>(wanted, 1)) return std::clamp(Duration(LatencyHistogram::boundOf(bucket)), _least, _most);
    }
    return _most;
}

std::string LatencySummary::toString() const {
    return fmt::format("min {}, p50 {}, p99 {}, p99.9 {}, max {} ({} values)", inMicroseconds(_least), inMicroseconds(percentile(50)),
                       inMicroseconds(percentile(99)), inMicroseconds(percentile(99.9)), inMicroseconds(_most), grouped(_count));
}

std::string LatencySummary::toJson() const {
    std::string json = fmt::format(R"({{"unit":"ns","count":{},"min":{},"p50":{},"p99":{},"p99.9":{},"max":{},"buckets":[)", _count,
                                   _least.count(), percentile(50).count(), percentile(99).count(), percentile(99.9).count(), _most.count());
    bool isFirst = true;
    for (std::size_t bucket = 0; bucket < _counts.size(); ++bucket) {
        if (_counts[bucket] == 0) continue;
        fmt::format_to(std::back_inserter(json), "{}[{},{}]", isFirst ? "" : ",", LatencyHistogram::boundOf(bucket), _counts[bucket]);
        isFirst = false;
    }
    return json + "]}";
}

} // namespace Ichor
