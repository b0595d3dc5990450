// A vCenter in memory, made of Debian's packages of govmomi. It prints its address and ends with
// its standard input, so that it never outlives the test that started it. Each line that it reads
// is a folder, into which it writes what govc of that version prints with -json.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/url"
	"os"
	"path/filepath"

	"github.com/vmware/govmomi"
	_ "github.com/vmware/govmomi/lookup/simulator"
	_ "github.com/vmware/govmomi/pbm/simulator"
	"github.com/vmware/govmomi/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func main() {
	model := simulator.VPX()
	address := flag.String("listen", "127.0.0.1:0", "address")
	user := flag.String("user", "reader", "user")
	password := flag.String("password", "", "password")
	certificate := flag.String("cert", "", "certificate chain, PEM")
	key := flag.String("key", "", "private key, PEM")
	flag.IntVar(&model.Datacenter, "datacenters", 1, "datacenters")
	flag.IntVar(&model.Cluster, "clusters", 1, "clusters")
	flag.IntVar(&model.ClusterHost, "cluster-hosts", 3, "hosts of each cluster")
	flag.IntVar(&model.Host, "hosts", 1, "hosts without a cluster")
	flag.IntVar(&model.Machine, "machines", 2, "machines of each pool")
	flag.IntVar(&model.Datastore, "datastores", 1, "datastores")
	flag.IntVar(&model.App, "apps", 0, "vApps")
	flag.Parse()
	if err := model.Create(); err != nil {
		log.Fatal(err)
	}
	model.Service.RegisterEndpoints = true
	model.Service.Listen = &url.URL{Host: *address, User: url.UserPassword(*user, *password)}
	model.Service.TLS = new(tls.Config)
	if *certificate != "" {
		pair, err := tls.LoadX509KeyPair(*certificate, *key)
		if err != nil {
			log.Fatal(err)
		}
		model.Service.TLS.Certificates = []tls.Certificate{pair}
	}
	server := model.Service.NewServer()
	fmt.Println(server.URL.Host)
	for folders := bufio.NewScanner(os.Stdin); folders.Scan(); {
		if err := export(server.URL, folders.Text()); err != nil {
			fmt.Println(err)
		} else {
			fmt.Println("written")
		}
	}
	server.Close()
	model.Remove()
}

func export(where *url.URL, folder string) error {
	ctx := context.Background()
	client, err := govmomi.NewClient(ctx, where, true)
	if err != nil {
		return err
	}
	defer client.Logout(ctx)
	var machines struct{ VirtualMachines []mo.VirtualMachine }
	var hosts struct{ HostSystems []mo.HostSystem }
	about := struct{ About types.AboutInfo }{client.ServiceContent.About}
	all, err := view.NewManager(client.Client).CreateContainerView(
		ctx, client.ServiceContent.RootFolder, nil, true)
	if err != nil {
		return err
	}
	if err = all.Retrieve(ctx, []string{"VirtualMachine"}, nil, &machines.VirtualMachines); err != nil {
		return err
	}
	if err = all.Retrieve(ctx, []string{"HostSystem"}, nil, &hosts.HostSystems); err != nil {
		return err
	}
	for name, content := range map[string]interface{}{
		"about.json": about, "vm.info.json": machines, "host.info.json": hosts,
	} {
		text, err := json.Marshal(content)
		if err != nil {
			return err
		}
		if err = os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
