// A user's file as small as it gets: it includes the door and defines one service.
#include <ichor/DependencyManager.h>

namespace {

struct IClock {
    virtual ~IClock() = default;
    [[nodiscard]] virtual int hour() const = 0;
};

class NoonClock final : public IClock {
public:
    explicit NoonClock(Ichor::IService &self) : _id(self.getServiceId()) {}
    [[nodiscard]] int hour() const override { return 12; }

private:
    Ichor::ServiceId _id;
};

} // namespace

void addFirstService(Ichor::DependencyManager &manager);
void addFirstService(Ichor::DependencyManager &manager) { manager.createServiceManager<NoonClock, IClock>(); }
