package facade_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/facade"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// A method leads to an operation by itself or through the methods of its service,
// round in a circle as well; what is not exported or no service is no method.
func TestReadFollowsMethods(t *testing.T) {
	t.Parallel()
	source := readText(t, `package p

// List lists
// parcels.
//
// Operation listLetters, which it does not lead to, is another.
// Operation listParcels, GET /parcels; assumed.
func (s *ParcelsService) List(ctx context.Context, limit, page int64) error { s.fetch(); out.Send() }
func (s *ParcelsService) All() iter.Seq2[Parcel, error] { s.fetch() }
func (s *ParcelsService) Job() *Job[Parcel] { return job(func() error { s.fetch() }) }
func (s *ParcelsService) Send() error { begin(omnichannel.OperationSendParcel) }
func (s *ParcelsService) fetch() { s.List(nil, 0, 0); begin(omnichannel.OperationListParcels) }
func (s *ParcelsService) Odd() { begin(omnichannel.OperationID("x")) }
func (s *OthersService) List() { s.fetch() }
func (s *hiddenService) List() {}
func (p *Page[T]) Next() { begin(omnichannel.OperationListParcels) }
func (c *Client) Do() {}
func New() {}
func helper() {}
`)
	methods := source.Of("listParcels")
	require.Len(t, methods, 3)
	assert.Equal(t, "Parcels.All", methods[0].String())
	assert.True(t, methods[0].Asks, "while it is walked")
	assert.Empty(t, methods[0].First())
	assert.Equal(t, "Parcels.Job", methods[1].String())
	assert.False(t, methods[1].Asks, "only when it is waited for")
	list := methods[2]
	assert.Equal(t, []string{"ctx", "limit", "page"}, list.Parameters)
	assert.Equal(t, []string{"listParcels"}, list.Operations, "a member of an answer is no method")
	assert.Equal(t, "listParcels", list.First())
	assert.True(t, list.Asks)
	assert.Equal(t, "List lists parcels. Operation listLetters, which it does not lead to, is another. "+
		"Operation listParcels, GET /parcels; assumed.", list.Comment)
	assert.Empty(t, source.Of("iD"))
	assert.Equal(t, []string{"Client.Do", "New", "Page.Next"}, source.Others)
	for name, has := range map[string]bool{
		"Parcels.List": true, "Client.Do": true, "New": true,
		"Parcels.fetch": false, "Parcels.Nothing": false, "helper": false, "hidden.List": false,
	} {
		assert.Equal(t, has, source.Has(name), name)
	}
}

func TestReadRefusesWhatIsNoSource(t *testing.T) {
	t.Parallel()
	_, err := facade.Read(t.TempDir())
	require.ErrorContains(t, err, "no source")
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "broken.go"), []byte("package"), 0o600))
	_, err = facade.Read(folder)
	require.Error(t, err)
}

// A service is found in its client by the name that its methods have.
func TestServicesAreFieldsOfTheirClients(t *testing.T) {
	t.Parallel()
	for folder, clients := range map[string]map[string]reflect.Type{
		"qismo": {"": reflect.TypeFor[qismo.Client]()},
		"chat":  {"Server": reflect.TypeFor[chat.Server](), "User": reflect.TypeFor[chat.User]()},
	} {
		source, err := facade.Read("../../pkg/" + folder)
		require.NoError(t, err)
		found := map[string]bool{}
		for _, method := range source.Methods {
			client, service, isOfSeveral := strings.Cut(method.Service, ".")
			if !isOfSeveral {
				client, service = "", client
			}
			require.Contains(t, clients, client, method)
			field, ok := clients[client].FieldByName(service)
			if assert.True(t, ok, "the client has no %s", method.Service) {
				_, ok = field.Type.MethodByName(method.Name)
				assert.True(t, ok, method)
			}
			found[method.Service] = true
		}
		for name, client := range clients {
			for i := range client.NumField() {
				field := client.Field(i)
				if field.IsExported() {
					assert.True(t, found[strings.TrimPrefix(name+"."+field.Name, ".")], "%s %s", name, field.Name)
				}
			}
		}
	}
}

// Where a façade has several clients, methods of services are told apart by them.
func TestServicesOfSeveralClients(t *testing.T) {
	t.Parallel()
	source := readText(t, `package p

type Sender struct {
	Parcels *SenderParcelsService
	Name    *string
	Other   Options
	hidden  *HiddenService
}
type Receiver struct { Parcels *ParcelsService }
type Options struct { Limit int }
type note struct { Parcels *NotesService }
func (s *SenderParcelsService) Send() {}
func (s *ParcelsService) Open() {}
func (s *LooseService) Do() {}
`)
	assert.True(t, source.Has("Sender.Parcels.Send"))
	assert.True(t, source.Has("Receiver.Parcels.Open"))
	assert.True(t, source.Has("Loose.Do"))
	assert.Len(t, source.Methods, 3)
}

func readText(t *testing.T, text string) *facade.Source {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "parcels.go"), []byte(text), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "parcels_test.go"), []byte("package"), 0o600))
	source, err := facade.Read(folder)
	require.NoError(t, err)
	return source
}
