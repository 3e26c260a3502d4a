// One service below, two that need it, one that needs both.

#include <algorithm>
#include <catch2/catch.hpp>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <string>
#include <utility>
#include <vector>

using namespace Ichor;

namespace {

struct IBottom {
    virtual ~IBottom() = default;
};
struct ILeft {
    virtual ~ILeft() = default;
};
struct IRight {
    virtual ~IRight() = default;
};

std::vector<std::string> journal;

class Bottom final : public IBottom {
public:
    Bottom() { journal.emplace_back("+bottom"); }
    ~Bottom() override { journal.emplace_back("-bottom"); }
};
class Left final : public ILeft {
public:
    explicit Left(IBottom &) { journal.emplace_back("+left"); }
    ~Left() override { journal.emplace_back("-left"); }
};
class Right final : public IRight {
public:
    explicit Right(IBottom &) { journal.emplace_back("+right"); }
    ~Right() override { journal.emplace_back("-right"); }
};
class Top final {
public:
    Top(ILeft &, IRight &, IBottom &) { journal.emplace_back("+top"); }
    ~Top() { journal.emplace_back("-top"); }
};

std::vector<std::string> takeJournal() { return std::exchange(journal, {}); }

/// The sides have no order between them.
std::vector<std::string> sorted(std::vector<std::string> entries) {
    if (entries.size() == 4) {
        std::sort(entries.begin() + 1, entries.begin() + 3);
    }
    return entries;
}

using Journal = std::vector<std::string>;

} // namespace

TEST_CASE("Diamond: whatever the order of registration, the bottom comes first and goes last, and each starts once",
          "[dependency_management]") {
    std::vector<int> order{0, 1, 2, 3};
    do {
        journal.clear();
        VirtualTimeQueue queue;
        DependencyManager &dm = queue.createManager();
        ServiceId bottom;
        ServiceId left;
        for (int const which : order) {
            switch (which) {
            case 0: bottom = dm.createServiceManager<Bottom, IBottom>(); break;
            case 1: left = dm.createServiceManager<Left, ILeft>(); break;
            case 2: dm.createServiceManager<Right, IRight>(); break;
            default: dm.createServiceManager<Top>();
            }
        }
        queue.runUntilIdle();
        CHECK(sorted(takeJournal()) == Journal{"+bottom", "+left", "+right", "+top"});

        dm.stopService(left);
        queue.runUntilIdle();
        CHECK(takeJournal() == Journal{"-top", "-left"});
        dm.startService(left);
        queue.runUntilIdle();
        CHECK(takeJournal() == Journal{"+left", "+top"});

        dm.stopService(bottom);
        queue.runUntilIdle();
        CHECK(sorted(takeJournal()) == Journal{"-top", "-left", "-right", "-bottom"});
        dm.startService(bottom);
        queue.runUntilIdle();
        CHECK(sorted(takeJournal()) == Journal{"+bottom", "+left", "+right", "+top"});

        dm.quit();
        queue.runUntilIdle();
        CHECK(sorted(takeJournal()) == Journal{"-top", "-left", "-right", "-bottom"});
    } while (std::next_permutation(order.begin(), order.end()));
}
