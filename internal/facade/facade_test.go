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

// A service is found in the client by its type's name.
func TestServicesAreFieldsOfTheClient(t *testing.T) {
	t.Parallel()
	source, err := facade.Read("../../pkg/qismo")
	require.NoError(t, err)
	client := reflect.TypeFor[qismo.Client]()
	for _, method := range source.Methods {
		field, ok := client.FieldByName(method.Service)
		if assert.True(t, ok, "the client has no %s", method.Service) {
			assert.Equal(t, method.Service+"Service", field.Type.Elem().Name())
		}
	}
	for i := range client.NumField() {
		field := client.Field(i)
		if field.IsExported() {
			assert.True(t, strings.HasSuffix(field.Type.Elem().Name(), "Service"), field.Name)
		}
	}
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
