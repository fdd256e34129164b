package qismotest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
)

func TestAgentsDoWhatPeopleDo(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	budi, rini := srv.Customer("Budi"), srv.Agent("Rini")
	budi.Says("halo")
	rini.TakesOver(budi.Room())
	rini.Says(budi.Room(), "Selamat pagi!")
	assert.Equal(t, "Rini Astuti", budi.Hears("Selamat pagi!").Name)
	room := budi.WaitForState(qismotest.RoomServed)
	assert.Equal(t, []string{"Rini Astuti"}, room.Agents)
	assert.Equal(t, []string{rini.ID}, room.AgentIDs)
	rini.Leaves(room)
	assert.Empty(t, budi.Room().Agents)
	rini.TakesOver(room)
	rini.Resolves(room, "selesai")
	room = budi.WaitForState(qismotest.RoomResolved)
	assert.Equal(t, "selesai", room.Notes)
	assert.Equal(t, 1, room.Sessions)
	budi.Says("satu lagi")
	assert.Equal(t, 2, budi.Room().Sessions)
}

func TestAgentsComeAndGo(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t, qismotest.WithAgents("Rini", "Dimas"))
	budi := srv.Customer("Budi")
	budi.Says("halo")
	available := func() (names []string) {
		for agent, err := range srv.Client().Agents.AllAvailable(t.Context(), qismo.ListAvailableAgentsParams{
			RoomID: roomID(budi),
		}) {
			require.NoError(t, err)
			names = append(names, agent.Name)
		}
		return names
	}
	assert.ElementsMatch(t, []string{"Rini", "Dimas"}, available())
	srv.Agent("Rini").GoesOffline()
	assert.Equal(t, []string{"Dimas"}, available())
	srv.Agent("Rini").ComesOnline()
	assert.Len(t, available(), 2)
}

func TestAgentsAreFound(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t, qismotest.WithStaff(
		qismotest.Staff{Name: "Rini Astuti"}, qismotest.Staff{Name: "Rini Kusuma"},
	))
	rini := srv.Agent("Rini Kusuma")
	assert.Equal(t, rini, srv.Agent(rini.ID))
	assert.Equal(t, rini, srv.Agent("rini.kusuma@example.id"))
	assert.Equal(t, qismotest.RoleAdmin, srv.Admin().Role)

	for name, told := range map[string]string{
		"Rini": `2 agents are called "Rini"; there are Sari Wulandari, Rini Astuti, Rini Kusuma`,
		"Adi":  `0 agents are called "Adi"; there are Sari Wulandari, Rini Astuti, Rini Kusuma`,
	} {
		test := record(t, func(t qismotest.TB) {
			qismotest.New(t, qismotest.WithAgents("Rini Astuti", "Rini Kusuma")).Agent(name)
		})
		assert.Equal(t, "\nqismotest: "+told+"\n", test.failure())
	}
}

func TestAgentsLogIn(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t, qismotest.WithStaff(
		qismotest.Staff{Name: "Rini", Password: "rahasia-rini"},
		qismotest.Staff{Name: "Bambang", Role: qismotest.RoleSupervisor},
	))
	for _, agent := range []*qismotest.Agent{srv.Admin(), srv.Agent("Rini"), srv.Agent("Bambang")} {
		profile, err := agent.Client().Session.Profile(t.Context())
		require.NoError(t, err)
		assert.Equal(t, agent.Email, profile.Email)
	}
}

func TestWhatAgentsCannotDoEndsTheTest(t *testing.T) {
	t.Parallel()
	test := record(t, func(t qismotest.TB) {
		srv := qismotest.New(t)
		budi := srv.Customer("Budi")
		budi.Says("halo")
		srv.Agent("Rini").Leaves(budi.Room())
	})
	assert.Equal(t, "\nqismotest: Rini Astuti could not leave the room: sandbox: leave a room: Rini Astuti is not in it\n",
		test.failure())
}

func TestTheMostCustomersAtOnceAreCounted(t *testing.T) {
	t.Parallel()
	srv := qismotest.New(t)
	rini := srv.Agent("Rini")
	assert.Zero(t, rini.MostAtOnce())
	budi, wulan := srv.Customer("Budi"), srv.Customer("Wulan")
	budi.Says("halo")
	wulan.Says("halo")
	rini.TakesOver(budi.Room())
	rini.TakesOver(wulan.Room())
	rini.Resolves(budi.Room(), "")
	rini.Resolves(wulan.Room(), "")
	assert.Equal(t, 2, rini.MostAtOnce())
}
